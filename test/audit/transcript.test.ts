import { describe, expect, test } from 'vitest';
import {
  exitEvents,
  forkFailureEvents,
  noIdEvents,
  refusalEvents,
  startEvents,
  trafficEvents,
  userIdEvents,
} from '../../src/audit/transcript.ts';
import type { Occasion } from '../../src/audit/transcript.ts';
import type { CheckStage, Verdict } from '../../src/policy/verdict.ts';
import { ipv4 } from '../policy/facts.ts';

const source = ipv4('192.0.2.1');
const REQUEST = { id: 'ftp', source, requestNumber: 8 };
const FORKING: Occasion = { ...REQUEST, isForking: true };
const INSIDE: Occasion = { ...REQUEST, isForking: false };

function denial(stage: CheckStage): Extract<Verdict, { kind: 'deny' }> {
  return { kind: 'deny', reason: 'address', by: 'access', stage, notes: [] };
}

describe('a refusal', () => {
  test('after the fork leaves START, FAIL and EXIT', () => {
    expect(refusalEvents(FORKING, denial('after-fork'), 99)).toEqual([
      { ...REQUEST, kind: 'start', pid: 99, isForForm: true },
      { ...REQUEST, kind: 'fail', reason: 'address', by: 'access', rule: undefined },
      { ...REQUEST, kind: 'exit', pid: 99, end: { status: 0 }, durationMs: 0, isForForm: true },
    ]);
  });

  test('before the fork leaves FAIL alone', () => {
    expect(refusalEvents(FORKING, denial('before-fork'), 99).map(({ kind }) => kind)).toEqual(['fail']);
  });

  test('of a service inside the daemon leaves FAIL alone', () => {
    expect(refusalEvents(INSIDE, denial('after-fork'), 99).map(({ kind }) => kind)).toEqual(['fail']);
  });
});

describe('a server', () => {
  test('leaves START and EXIT with its pid', () => {
    expect(startEvents(FORKING, 7)).toEqual([{ ...REQUEST, kind: 'start', pid: 7 }]);
    const life = { end: { signal: 9 }, durationMs: 4321, cpuMicroseconds: 5 };
    expect(exitEvents(FORKING, 7, life)).toEqual([{ ...REQUEST, kind: 'exit', pid: 7, ...life }]);
  });

  test('inside the daemon has pid 0 and no EXIT', () => {
    expect(startEvents(INSIDE, 7)).toMatchObject([{ kind: 'start', pid: 0 }]);
    expect(exitEvents(INSIDE, 7, { end: { status: 0 }, durationMs: 0 })).toEqual([]);
  });

  test('that could not be made leaves FAIL fork', () => {
    expect(forkFailureEvents(FORKING)).toEqual([{ ...REQUEST, kind: 'fail', reason: 'fork' }]);
  });
});

describe('a redirection', () => {
  test('leaves TRAFFIC', () => {
    expect(trafficEvents(FORKING, 1, 2)).toEqual([{ ...REQUEST, kind: 'traffic', inBytes: 1, outBytes: 2 }]);
  });
});

describe('an identity', () => {
  test('that is known leaves USERID', () => {
    expect(userIdEvents(FORKING, 'UNIX:alice')).toEqual([{ ...REQUEST, kind: 'userid', text: 'UNIX:alice' }]);
  });

  test('that is missing leaves START, NOID and EXIT', () => {
    expect(noIdEvents(FORKING, 'timeout', 99)).toEqual([
      { ...REQUEST, kind: 'start', pid: 99, isForForm: true },
      { ...REQUEST, kind: 'noid', result: 'timeout' },
      { ...REQUEST, kind: 'exit', pid: 99, end: { status: 0 }, durationMs: 0, isForForm: true },
    ]);
  });
});
