import { closeSync, fstatSync, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  claimHandover,
  essenceOf,
  FORMAT,
  HANDOVER_VARIABLE,
  rehearsalProblem,
  REHEARSAL_VARIABLE,
  withoutGuard,
  writeHandover,
} from '../../src/daemon/handover.ts';
import type { Handover } from '../../src/daemon/handover.ts';
import { serviceWith } from '../policy/facts.ts';

const SOURCE = { family: 4, words: [0x7f000001, 0, 0, 0], port: 9, text: '127.0.0.1', plain: '127.0.0.1' } as const;

function handover(): Handover {
  const service = essenceOf(serviceWith({ id: 'cat', instances: Infinity }));
  return {
    format: FORMAT,
    version: '1.2',
    requests: 3,
    bans: [{ address: '192.0.2.1', untilWallMs: Infinity }],
    services: [
      {
        key: '1',
        service,
        isRetired: false,
        socket: undefined,
        state: 'disabled',
        enableAtMs: 2000,
        rate: { count: 2, windowStartSecond: 1 },
        sources: [['127.0.0.1', { count: 1, windowStartSecond: 1 }]],
        served: 4,
        refused: new Map([['address', 2]]),
        registration: undefined,
      },
    ],
    servers: [
      {
        pid: 77,
        serviceKey: '1',
        source: SOURCE,
        requestNumber: 2,
        startedAtMs: 900,
        startedAt: new Date(0),
        hasSocket: false,
        trigger: undefined,
      },
    ],
    inherited: [],
    replyFd: -1,
  };
}

describe('a handover', () => {
  test('comes out as it went in', () => {
    const environment = { [HANDOVER_VARIABLE]: String(writeHandover(handover())) };
    expect(claimHandover(environment)).toEqual(handover());
  });

  test('is claimed once, and its file is closed', () => {
    const fd = writeHandover(handover());
    const environment = { [HANDOVER_VARIABLE]: String(fd) };
    claimHandover(environment);
    expect(environment).toEqual({});
    expect(() => fstatSync(fd)).toThrow(/EBADF/);
  });

  test('brings descriptors that no server inherits', () => {
    const replyFd = openSync('/dev/null', 'r');
    const environment = { [HANDOVER_VARIABLE]: String(writeHandover({ ...handover(), replyFd })) };
    expect(claimHandover(environment)?.replyFd).toBe(replyFd);
    closeSync(replyFd);
  });

  test('is none where nobody handed over', () => {
    expect(claimHandover({})).toBeUndefined();
  });
});

describe('the essence of a service', () => {
  test('leaves rules and places behind', () => {
    const { config, origins } = essenceOf(serviceWith({ only_from: [], no_access: [] }));
    expect([config.only_from, config.no_access, origins]).toEqual([undefined, undefined, {}]);
  });
});

describe('the environment after an upgrade', () => {
  const guard = 'XINETD_TS_PRELOADED=/lib/core.node';
  test.each([
    [
      ['A=1', 'LD_PRELOAD=/lib/own.so'],
      ['A=1', 'LD_PRELOAD=/lib/own.so'],
    ],
    [[guard, 'LD_PRELOAD=/lib/core.node', 'A=1'], ['A=1']],
    [['LD_PRELOAD=/lib/own.so:/lib/core.node', guard], ['LD_PRELOAD=/lib/own.so']],
    [['LD_PRELOAD=/lib/core.node2', guard], ['LD_PRELOAD=/lib/core.node2']],
  ])('of %j is %j', (environment, seen) => {
    expect(withoutGuard(environment)).toEqual(seen);
  });
});

describe('a rehearsal', () => {
  test.each([
    [{}, undefined],
    [{ [REHEARSAL_VARIABLE]: String(FORMAT) }, undefined],
    [{ [REHEARSAL_VARIABLE]: '999' }, expect.stringMatching(/format 1, not 999$/)],
  ])('with %j finds %s', (environment, problem) => {
    expect(rehearsalProblem(environment)).toEqual(problem);
  });
});
