// Address prefixes as numbers: what is left of one list when another is taken away. Pure.
// systemd lets IPAddressAllow win over IPAddressDeny, xinetd lets no_access win over only_from: so the difference of the
// two lists is written out.

import { formatIPv4, formatIPv6, mappedIPv4 } from '../../config/attributes/ip-text.ts';
import type { AddressPattern, IPv6Words } from '../../config/attributes/values.ts';

/** All addresses whose first `length` of `bits` bits are those of `start`. */
export interface Prefix {
  readonly bits: 32 | 128;
  readonly start: bigint;
  readonly length: number;
}

const MAPPED_BITS = 96;

/** The prefix of a rule; undefined for a name. An IPv4-mapped rule is an IPv4 rule. */
export function prefixOf(pattern: AddressPattern): Prefix | undefined {
  if (pattern.kind === 'ipv4') return masked(32, BigInt(pattern.address >>> 0), Math.clz32(~pattern.mask));
  if (pattern.kind !== 'ipv6') return undefined;
  const mapped = pattern.prefix < MAPPED_BITS ? undefined : mappedIPv4(pattern.words);
  if (mapped !== undefined) return masked(32, BigInt(mapped >>> 0), pattern.prefix - MAPPED_BITS);
  return masked(128, numberOf(pattern.words), pattern.prefix);
}

/** What is in the first list and not in the second. */
export function withoutPrefixes(prefixes: readonly Prefix[], removed: readonly Prefix[]): readonly Prefix[] {
  return removed.reduce<readonly Prefix[]>((left, hole) => left.flatMap((prefix) => without(prefix, hole)), prefixes);
}

/** `10.1.0.0/16`, or the address alone where it is one. */
export function prefixText({ bits, start, length }: Prefix): string {
  const address = bits === 32 ? formatIPv4(Number(start)) : formatIPv6(wordsOf(start));
  return length === bits ? address : `${address}/${length}`;
}

function without(prefix: Prefix, hole: Prefix): readonly Prefix[] {
  if (covers(hole, prefix)) return [];
  if (!covers(prefix, hole)) return [prefix];
  const length = prefix.length + 1;
  const half = 1n << BigInt(prefix.bits - length);
  return [prefix.start, prefix.start + half].flatMap((start) => without({ bits: prefix.bits, start, length }, hole));
}

function covers(wide: Prefix, narrow: Prefix): boolean {
  return (
    wide.bits === narrow.bits &&
    wide.length <= narrow.length &&
    masked(wide.bits, narrow.start, wide.length).start === wide.start
  );
}

function masked(bits: 32 | 128, address: bigint, length: number): Prefix {
  const host = BigInt(bits - length);
  return { bits, start: (address >> host) << host, length };
}

function numberOf(words: IPv6Words): bigint {
  return words.reduce((sum, word) => (sum << 32n) | BigInt(word >>> 0), 0n);
}

function wordsOf(address: bigint): IPv6Words {
  const word = (shift: bigint): number => Number((address >> shift) & 0xffff_ffffn);
  return [word(96n), word(64n), word(32n), word(0n)];
}
