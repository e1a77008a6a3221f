import { describe, expect, test } from 'vitest';
import { cpuSeconds, parseStat } from '../../src/daemon/cpu-time.ts';

describe('the processor time of a process', () => {
  test('is that of itself and of the children it waited for', () => {
    expect(parseStat('42 (cat) S 1 42 42 0 -1 4194304 100 0 0 0 150 25 10 15 20 0 1 0 99 0 0')).toBe(2);
  });
  test('is found behind any name', () => {
    expect(parseStat('42 (a) 9 9 (b) S 1 42 42 0 -1 4194304 100 0 0 0 100 0 0 0 20 0')).toBe(1);
  });
  test.for(['', '42 (cat) S 1', '42 (cat) S 1 2 3 4 5 6 7 8 9 10 x y z w'])('is unknown in %j', (line) => {
    expect(parseStat(line)).toBeNull();
  });
  test('is read from a running process', async () => {
    expect(await cpuSeconds(process.pid)).toBeGreaterThan(0);
  });
  test('is unknown of a process that is gone', async () => {
    expect(await cpuSeconds(2 ** 30)).toBeNull();
  });
});
