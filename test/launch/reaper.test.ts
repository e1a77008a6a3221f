import { describe, expect, test } from 'vitest';

import { endingOf } from '../../src/launch/reaper.ts';

describe('the ending of a server', () => {
  test('is its exit status', () => {
    expect(endingOf(3, undefined, undefined, 0)).toEqual({ kind: 'exited', status: 3 });
  });

  test('is the signal that killed it', () => {
    expect(endingOf(undefined, 15, undefined, 0)).toEqual({ kind: 'killed', signal: 15 });
  });

  test('is the step that kept it from starting', () => {
    expect(endingOf(126, undefined, 'execve', 2)).toEqual({ kind: 'not-started', step: 'execve', errno: 2 });
  });
});
