import { describe, expect, test } from 'vitest';

import { daytimeLine } from '../../../src/launch/builtin/daytime.ts';
import { timeBytes } from '../../../src/launch/builtin/time.ts';

describe('the daytime line', () => {
  test('is local, upper-case and two digits wide', () => {
    expect(daytimeLine(new Date(2026, 2, 5, 7, 8, 9), 'CET')).toBe('05 MAR 2026 07:08:09 CET\r\n');
  });
});

describe('the time bytes', () => {
  test.each([
    [0, [0x83, 0xaa, 0x7e, 0x80]],
    [1999, [0x83, 0xaa, 0x7e, 0x81]],
    [2_085_978_496_000, [0, 0, 0, 0]],
  ])('of %d ms are %j', (nowMs, bytes) => {
    expect([...timeBytes(nowMs)]).toEqual(bytes);
  });
});
