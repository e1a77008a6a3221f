import { describe, expect, test } from 'vitest';
import { continueClock, monotonicMs, readClocks } from '../../src/daemon/clock.ts';

describe('the clock', () => {
  test('goes on where that of an earlier program stopped', () => {
    const { machineMs } = readClocks();
    continueClock({ ownMs: 5_000_000, machineMs: machineMs - 1000 });
    expect(monotonicMs()).toBeGreaterThanOrEqual(5_001_000);
    expect(monotonicMs()).toBeLessThan(5_011_000);
  });

  test('reads the same moment on both clocks', () => {
    const before = readClocks();
    const after = readClocks();
    expect(after.machineMs - before.machineMs).toBeCloseTo(after.ownMs - before.ownMs, -1);
  });
});
