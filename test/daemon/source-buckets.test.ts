import { describe, expect, test } from 'vitest';
import { SourceBuckets, SOURCES_REMEMBERED } from '../../src/daemon/source-buckets.ts';

describe('the buckets of a service', () => {
  test('remember the latest of each source', () => {
    const buckets = new SourceBuckets();
    buckets.set('a', { tokens: 2, atMs: 0 });
    buckets.set('a', { tokens: 1, atMs: 5 });
    expect([buckets.of('a'), buckets.of('b'), buckets.size]).toEqual([{ tokens: 1, atMs: 5 }, undefined, 1]);
  });

  test('forget who has been silent for longest', () => {
    const buckets = new SourceBuckets();
    for (let index = 0; index < SOURCES_REMEMBERED; index += 1)
      buckets.set(`host ${index}`, { tokens: 1, atMs: index });
    buckets.set('host 0', { tokens: 0, atMs: 1 });
    buckets.set('newcomer', { tokens: 0, atMs: 1 });
    expect([buckets.of('host 0') === undefined, buckets.of('host 1') === undefined]).toEqual([false, true]);
    expect(buckets.size).toBe(SOURCES_REMEMBERED);
  });
});
