import { describe, expect, test } from 'vitest';
import {
  exitEvents,
  forkFailureEvents,
  noIdEvents,
  refusalEvents,
  startEvents,
  userIdEvents,
} from '../../src/audit/transcript.ts';
import type { Occasion } from '../../src/audit/transcript.ts';
import type { CheckStage, Verdict } from '../../src/policy/verdict.ts';
import { ipv4 } from '../policy/facts.ts';

const source = ipv4('192.0.2.1');
const FORKING: Occasion = { id: 'ftp', source, isForking: true };
const INSIDE: Occasion = { id: 'daytime', source, isForking: false };

function denial(stage: CheckStage): Extract<Verdict, { kind: 'deny' }> {
  return { kind: 'deny', reason: 'address', by: 'access', stage, notes: [] };
}

describe('a refusal', () => {
  test('after the fork leaves START, FAIL and EXIT', () => {
    expect(refusalEvents(FORKING, denial('after-fork'), 99)).toEqual([
      { kind: 'start', id: 'ftp', pid: 99, source },
      { kind: 'fail', id: 'ftp', reason: 'address', source },
      { kind: 'exit', id: 'ftp', pid: 99, end: { status: 0 }, durationSeconds: 0 },
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
    expect(startEvents(FORKING, 7)).toEqual([{ kind: 'start', id: 'ftp', pid: 7, source }]);
    expect(exitEvents(FORKING, 7, { signal: 9 }, 4)).toEqual([
      { kind: 'exit', id: 'ftp', pid: 7, end: { signal: 9 }, durationSeconds: 4 },
    ]);
  });

  test('inside the daemon has pid 0 and no EXIT', () => {
    expect(startEvents(INSIDE, 7)).toMatchObject([{ kind: 'start', pid: 0 }]);
    expect(exitEvents(INSIDE, 7, { status: 0 }, 0)).toEqual([]);
  });

  test('that could not be made leaves FAIL fork', () => {
    expect(forkFailureEvents(FORKING)).toEqual([{ kind: 'fail', id: 'ftp', reason: 'fork', source }]);
  });
});

describe('an identity', () => {
  test('that is known leaves USERID', () => {
    expect(userIdEvents('ftp', 'UNIX:alice')).toEqual([{ kind: 'userid', id: 'ftp', text: 'UNIX:alice' }]);
  });

  test('that is missing leaves START, NOID and EXIT', () => {
    expect(noIdEvents(FORKING, 'timeout', 99)).toEqual([
      { kind: 'start', id: 'ftp', pid: 99, source },
      { kind: 'noid', id: 'ftp', source, result: 'timeout' },
      { kind: 'exit', id: 'ftp', pid: 99, end: { status: 0 }, durationSeconds: 0 },
    ]);
  });
});
