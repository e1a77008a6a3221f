import { describe, expect, test } from 'vitest';
import { NameCache, systemServer } from '../../src/daemon/dns.ts';

const KNOWN = { kind: 'known', name: 'a.test' } as const;
const UNKNOWN = { kind: 'unknown' } as const;

describe('the cache of names', () => {
  /** The longest that a finding is remembered, in seconds. */
  function rememberedSeconds(finding: Parameters<NameCache['set']>[1]): number {
    let nowMs = 1000;
    const cache = new NameCache(() => nowMs);
    cache.set('192.0.2.1', finding);
    while (cache.get('192.0.2.1') !== undefined && nowMs < 1_000_000) nowMs += 1000;
    return nowMs / 1000 - 2;
  }

  test('keeps a name as long as its record holds', () => {
    expect(rememberedSeconds({ hostName: KNOWN, ttl: 60 })).toBe(60);
  });

  test('keeps a name for five minutes at most', () => {
    expect(rememberedSeconds({ hostName: KNOWN, ttl: 86_400 })).toBe(300);
  });

  test('keeps a name that must not be kept for a second', () => {
    expect(rememberedSeconds({ hostName: KNOWN, ttl: 0 })).toBe(1);
  });

  test('keeps an unknown name for half a minute', () => {
    expect(rememberedSeconds({ hostName: UNKNOWN, ttl: undefined })).toBe(30);
  });

  test('forgets the oldest of more than ten thousand', () => {
    const cache = new NameCache(() => 0);
    for (let index = 0; index <= 10_000; index += 1) cache.set(String(index), { hostName: KNOWN, ttl: 60 });
    expect(cache.get('0')).toBeUndefined();
    expect(cache.get('1')).toEqual(KNOWN);
  });
});

describe('the name servers of the system', () => {
  test('reject what is no name', async () => {
    await expect(systemServer().addresses('a..test', 4)).rejects.toThrow();
    await expect(systemServer().addresses('a..test', 6)).rejects.toThrow();
    await expect(systemServer().names('a..test')).rejects.toThrow();
  });
});
