import { describe, expect, test } from 'vitest';
import { SourceRates, SOURCES_REMEMBERED } from '../../src/daemon/source-rates.ts';

describe('the rates of callers', () => {
  test('are the latest of each source', () => {
    const rates = new SourceRates();
    rates.set('a', { count: 1, windowStartSecond: 0 });
    rates.set('a', { count: 2, windowStartSecond: 0 });
    expect([rates.of('a')?.count, rates.of('b'), rates.size]).toEqual([2, undefined, 1]);
  });

  test('forget who has been silent for longest', () => {
    const rates = new SourceRates();
    const once = { count: 1, windowStartSecond: 0 };
    for (let index = 0; index < SOURCES_REMEMBERED; index += 1) rates.set(`host ${index}`, once);
    rates.set('host 0', once);
    rates.set('newcomer', once);
    expect([rates.of('host 0'), rates.of('host 1')]).toEqual([once, undefined]);
    expect(rates.size).toBe(SOURCES_REMEMBERED);
  });
});
