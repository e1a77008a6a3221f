// A set of address prefixes as sorted, disjoint ranges: one bisection per question, however long the list. Pure.
// Prefixes nest or are disjoint, never overlap otherwise, so a prefix inside a wider one of the same list decides
// nothing and is left out: the rule that is named is always the widest that matches, in whatever order they stand.
// Addresses are compared as four unsigned words; an IPv4 prefix uses the first.

import type { AddressPattern, IPv6Words } from '../config/attributes/values.ts';
import type { Source } from './source.ts';

/** Prefixes of both families. */
export interface PrefixSet {
  /** The widest rule that matches. */
  readonly match: (source: Source) => AddressPattern | undefined;
}

/** Both ends inclusive; an IPv4 address stands in the first word. */
export interface AddressRange {
  readonly start: IPv6Words;
  readonly end: IPv6Words;
}

interface Prefix extends AddressRange {
  readonly rule: AddressPattern;
}

/** The numeric patterns of a list, compiled; others are ignored. */
export function compilePrefixes(patterns: readonly AddressPattern[]): PrefixSet {
  const ipv4 = new RangeTable(patterns.flatMap(ipv4Prefix));
  const ipv6 = new RangeTable(patterns.flatMap(ipv6Prefix));
  return { match: (source) => matchSource(ipv4, ipv6, source) };
}

/** What the numeric patterns of a list stand for, sorted and disjoint. */
export function prefixRanges(patterns: readonly AddressPattern[]): {
  readonly ipv4: readonly AddressRange[];
  readonly ipv6: readonly AddressRange[];
} {
  return { ipv4: outermost(patterns.flatMap(ipv4Prefix)), ipv6: outermost(patterns.flatMap(ipv6Prefix)) };
}

/** An IPv4-mapped peer is looked for in both families, as it stands in both. */
function matchSource(ipv4: RangeTable, ipv6: RangeTable, source: Source): AddressPattern | undefined {
  const { words } = source;
  if (source.family === 'unix') return undefined;
  if (source.family === 6) return ipv6.find(words);
  const found = ipv4.find(words);
  const isMapped = source.text !== source.plain;
  return found === undefined && isMapped ? ipv6.find([0, 0, MAPPED_WORD, words[0]]) : found;
}

const MAPPED_WORD = 0xffff;
const MAPPED_BITS = 96;

/** All IPv4-mapped addresses. */
export const mappedRange: AddressRange = {
  start: [0, 0, MAPPED_WORD, 0],
  end: [0, 0, MAPPED_WORD, 0xffff_ffff],
};

/** The IPv4 range of a pattern: its own, or that of an IPv4-mapped IPv6 pattern. */
function ipv4Prefix(rule: AddressPattern): readonly Prefix[] {
  if (rule.kind === 'ipv4') return [prefixOf(rule, [rule.address >>> 0, 0, 0, 0], Math.clz32(~rule.mask))];
  if (rule.kind !== 'ipv6' || rule.prefix < MAPPED_BITS) return [];
  const [first, second, third, fourth] = rule.words;
  if (first !== 0 || second !== 0 || third !== MAPPED_WORD) return [];
  return [prefixOf(rule, [fourth, 0, 0, 0], rule.prefix - MAPPED_BITS)];
}

function ipv6Prefix(rule: AddressPattern): readonly Prefix[] {
  return rule.kind === 'ipv6' ? [prefixOf(rule, rule.words, rule.prefix)] : [];
}

function prefixOf(rule: AddressPattern, words: IPv6Words, bits: number): Prefix {
  const masks = [maskWord(bits), maskWord(bits - 32), maskWord(bits - 64), maskWord(bits - 96)] as const;
  return {
    rule,
    start: [
      (words[0] & masks[0]) >>> 0,
      (words[1] & masks[1]) >>> 0,
      (words[2] & masks[2]) >>> 0,
      (words[3] & masks[3]) >>> 0,
    ],
    end: [
      (words[0] | ~masks[0]) >>> 0,
      (words[1] | ~masks[1]) >>> 0,
      (words[2] | ~masks[2]) >>> 0,
      (words[3] | ~masks[3]) >>> 0,
    ],
  };
}

/** The top `bits` of a word; JavaScript cannot shift by 32. */
function maskWord(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}

/** Sorted disjoint ranges, four words each. */
class RangeTable {
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #rules: readonly AddressPattern[];

  constructor(prefixes: readonly Prefix[]) {
    const kept = outermost(prefixes);
    this.#starts = Uint32Array.from(kept.flatMap(({ start }) => start));
    this.#ends = Uint32Array.from(kept.flatMap(({ end }) => end));
    this.#rules = kept.map(({ rule }) => rule);
  }

  find(words: IPv6Words): AddressPattern | undefined {
    let low = 0;
    let high = this.#rules.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareAt(this.#starts, middle, words) <= 0) low = middle + 1;
      else high = middle;
    }
    if (low === 0 || compareAt(this.#ends, low - 1, words) < 0) return undefined;
    return this.#rules[low - 1];
  }
}

/** Leaves out every prefix inside another; of equal ones the first of the list stays. */
function outermost(prefixes: readonly Prefix[]): readonly Prefix[] {
  const sorted = prefixes.toSorted((a, b) => compareWords(a.start, b.start) || compareWords(b.end, a.end));
  const kept: Prefix[] = [];
  for (const prefix of sorted) {
    const last = kept.at(-1);
    if (last === undefined || compareWords(prefix.start, last.end) > 0) kept.push(prefix);
  }
  return kept;
}

function compareWords(a: IPv6Words, b: IPv6Words): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/** Compares the range bound at `index` with an address. */
function compareAt(bounds: Uint32Array, index: number, words: IPv6Words): number {
  for (let word = 0; word < 4; word += 1) {
    const difference = (bounds[4 * index + word] ?? 0) - (words[word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
