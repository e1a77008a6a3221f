import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { prefixOf, prefixText, withoutPrefixes } from '../../../src/cli/convert/prefixes.ts';
import type { Prefix } from '../../../src/cli/convert/prefixes.ts';
import type { AddressPattern } from '../../../src/config/attributes/values.ts';
import { configOf } from '../../support/load-text.ts';

function patterns(words: string): readonly AddressPattern[] {
  return configOf([`only_from = ${words}`]).only_from ?? [];
}

const prefixes = (words: string): readonly Prefix[] => patterns(words).flatMap((pattern) => prefixOf(pattern) ?? []);
const texts = (found: readonly Prefix[]): readonly string[] => found.map(prefixText);

describe('a rule as a prefix', () => {
  test.each([
    ['10.0.0.0', ['10.0.0.0/8']],
    ['10.1.2.3', ['10.1.2.3']],
    ['10.1.2.{3,4}', ['10.1.2.3', '10.1.2.4']],
    ['0.0.0.0/0', ['0.0.0.0/0']],
    ['2001:db8::/32', ['2001:db8::/32']],
    ['::ffff:10.1.0.0/112', ['10.1.0.0/16']],
    ['::1', ['::1']],
    ['.example.org host.example.org', []],
  ])('is written for %s', (words, expected) => {
    expect(texts(prefixes(words))).toEqual(expected);
  });
});

describe('the difference of two lists', () => {
  test.each([
    ['10.0.0.0/30', '10.0.0.1', ['10.0.0.0', '10.0.0.2/31']],
    ['10.0.0.1', '10.0.0.0/8', []],
    ['10.0.0.0/8', '192.168.0.0/16 ::/0', ['10.0.0.0/8']],
    ['2001:db8::/126', '2001:db8::3', ['2001:db8::/127', '2001:db8::2']],
  ])('of %s and %s', (allowed, denied, expected) => {
    expect(texts(withoutPrefixes(prefixes(allowed), prefixes(denied)))).toEqual(expected);
  });

  test('has exactly the addresses of the first that are not in the second', () => {
    const anyPrefix = fc
      .tuple(fc.bigInt({ min: 0n, max: 255n }), fc.integer({ min: 24, max: 32 }))
      .map(([low, length]): Prefix => ({
        bits: 32,
        start: (low >> BigInt(32 - length)) << BigInt(32 - length),
        length,
      }));
    const has = (list: readonly Prefix[], address: bigint): boolean =>
      list.some(({ start, length }) => address >> BigInt(32 - length) === start >> BigInt(32 - length));
    fc.assert(
      fc.property(fc.array(anyPrefix), fc.array(anyPrefix), (allowed, denied) => {
        const left = withoutPrefixes(allowed, denied);
        for (let address = 0n; address < 256n; address += 1n) {
          expect(has(left, address)).toBe(has(allowed, address) && !has(denied, address));
        }
      }),
      { numRuns: 50 },
    );
  });
});
