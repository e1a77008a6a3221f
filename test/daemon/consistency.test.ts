import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkConsistency, checkIntervalMs } from '../../src/daemon/consistency.ts';
import type { CheckedPremises, CheckedService } from '../../src/daemon/consistency.ts';

const socket = createServer();
let fd = -1;

beforeAll(async () => {
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
  fd = readdirSync('/proc/self/fd').map(Number).find(isSocket) ?? -1;
});
afterAll(() => void socket.close());

function isSocket(candidate: number): boolean {
  try {
    return fstatSync(candidate).isSocket();
  } catch {
    return false;
  }
}

type Servers = ReturnType<CheckedPremises['children']['all']>;

/** What a check says of one service with so many servers. */
function findings(
  service: Partial<CheckedService>,
  running: readonly { readonly pid: number; readonly isInProcess: boolean }[] = [],
  retries = 0,
): readonly string[] {
  const lines: string[] = [];
  const operation = {
    id: 'ftp',
    key: '1',
    state: 'active',
    listener: undefined,
    ...connections(),
    ...service,
  } as const;
  const detail = { service: { id: 'ftp' } };
  const servers = running.map((server) => ({ ...server, serviceId: '1', source: undefined, startedAtMs: 0, detail }));
  const premises: CheckedPremises = {
    log: (level, _func, text) => lines.push(`${level}: ${text}`),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a service only the id is looked at
    children: { all: () => servers as unknown as Servers, countOf: () => servers.length },
    retries: { size: retries },
  };
  const problems = checkConsistency(premises, [operation], true);
  expect(lines.at(-1)).toBe(
    problems === 0 ? 'info: Consistency check passed' : `warning: Consistency check detected ${problems} errors`,
  );
  return lines.slice(0, -1);
}

function connections(): Pick<CheckedService, 'equipment'> {
  return { equipment: { endpoint: { arrival: 'connection' } } };
}

const OURSELVES = { pid: process.pid, isInProcess: false };

describe('the self-check', () => {
  test('finds nothing wrong with a service that listens', () => {
    expect(findings({ listener: { fd, isSuspended: false } }, [OURSELVES])).toEqual([]);
  });

  test('finds a socket that has been closed', () => {
    const problem = ['error: file descriptor of service ftp has been closed'];
    expect(findings({})).toEqual(problem);
    expect(findings({ listener: { fd: 99_999, isSuspended: false } })).toEqual(problem);
  });

  test('finds a descriptor that is no socket', () => {
    const other = openSync('/dev/null', 'r');
    expect(findings({ listener: { fd: other, isSuspended: false } })).toHaveLength(1);
    closeSync(other);
  });

  test('finds a service that does not listen', () => {
    expect(findings({ listener: { fd, isSuspended: true } })).toEqual([
      'error: Active multi-threaded service ftp: descriptor not set',
    ]);
  });

  test('lets a service rest that hands its socket over', () => {
    const equipment = { endpoint: { arrival: 'datagram' } } as const;
    expect(findings({ listener: { fd, isSuspended: true }, equipment })).toEqual([]);
  });

  test('finds a suspended service without a server', () => {
    const suspended = { state: 'suspended', listener: { fd, isSuspended: true } } as const;
    expect(findings(suspended)).toEqual([
      'error: Active single-threaded service ftp: no server running, descriptor not set',
    ]);
    expect(findings(suspended, [OURSELVES])).toEqual([]);
    expect(findings(suspended, [], 1)).toEqual([]);
  });

  test('finds a service that listens beside its server', () => {
    expect(findings({ state: 'suspended', listener: { fd, isSuspended: false } }, [OURSELVES])).toEqual([
      'error: Active single-threaded service ftp: server running, descriptor set',
    ]);
  });

  test('finds a service that is off and listens', () => {
    expect(findings({ state: 'disabled', listener: { fd, isSuspended: false } })).toEqual([
      'error: fd of disabled service ftp still in socket mask',
    ]);
    expect(findings({ state: 'disabled' })).toEqual([]);
    expect(findings({ state: 'not started' })).toEqual([]);
  });

  test('finds a server that the kernel does not know', () => {
    const { pid } = spawnSync('true');
    expect(findings({ state: 'not started' }, [{ pid, isInProcess: false }])).toEqual([
      `error: service ftp: server with pid ${pid} is not there`,
    ]);
    expect(findings({ state: 'not started' }, [{ pid, isInProcess: true }])).toEqual([]);
  });
});

describe('the time between two checks', () => {
  test('is off for 0 and never too long for a timer', () => {
    expect([0, 3, 1e12].map(checkIntervalMs)).toEqual([undefined, 3000, 2_147_483_000]);
  });
});
