import { describe, expect, test } from 'vitest';
import { Futility } from '../../src/daemon/futility.ts';

/** Suspects ends until there were too many. */
function suspected(): Futility {
  const futility = new Futility();
  while (!futility.suspect());
  return futility;
}

describe('a record of useless servers', () => {
  test('lets a few in a row pass', () => {
    const futility = new Futility();
    expect(Array.from({ length: 6 }, () => futility.suspect())).toEqual([false, false, false, false, true, true]);
  });

  test('makes each pause twice as long, up to four seconds', () => {
    const futility = suspected();
    expect(futility.isDelaying).toBe(false);
    expect(Array.from({ length: 6 }, () => futility.nextPauseMs())).toEqual([250, 500, 1000, 2000, 4000, 4000]);
    expect(futility.isDelaying).toBe(true);
  });

  test('begins anew after a useful server', () => {
    const futility = suspected();
    futility.nextPauseMs();
    futility.forget();
    expect([futility.isDelaying, futility.suspect(), futility.nextPauseMs()]).toEqual([false, false, 250]);
  });

  test('is stuck when everybody still waits', () => {
    const futility = suspected();
    expect(futility.examine(new Set(['a', 'b']))).toBe('unknown');
    expect(futility.examine(new Set(['a', 'b', 'c']))).toBe('stuck');
  });

  test('moves when somebody has been taken, or nobody waits', () => {
    const futility = suspected();
    futility.examine(new Set(['a', 'b']));
    expect(futility.examine(new Set(['b']))).toBe('moving');
    futility.examine(new Set());
    expect(futility.examine(new Set())).toBe('moving');
  });
});
