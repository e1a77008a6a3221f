// IP addresses as text: the reference's spellings in, the C library's spelling out. Pure; load time only.
// Source: inet_aton(3), inet_ntop(3), RFC 4291.

import ipaddr from 'ipaddr.js';
import type { IPv6Words } from './values.ts';

const PART = /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/;
const OCTET = 256;

/** An IPv4 address as inet_aton(3) takes it: one to four parts, decimal, octal or hexadecimal. */
export function parseIPv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length > 4) return undefined;
  let address = 0;
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const room = isLast ? OCTET ** (5 - parts.length) : OCTET;
    const value = parsePart(part);
    if (value === undefined || value >= room) return undefined;
    address = address * room + value;
  }
  return address;
}

function parsePart(part: string): number | undefined {
  if (!PART.test(part)) return undefined;
  if (part.length > 1 && part.startsWith('0') && !/^0[xX]/.test(part)) return Number.parseInt(part, 8);
  return Number(part);
}

/** An IPv6 address without brackets; a zone (`%eth0`) is left out. */
export function parseIPv6(text: string): IPv6Words | undefined {
  const zone = text.indexOf('%');
  const bare = zone === -1 ? text : text.slice(0, zone);
  if (!bare.includes(':') || zone === text.length - 1 || !ipaddr.IPv6.isValid(bare)) return undefined;
  const parts = ipaddr.IPv6.parse(bare).parts;
  const word = (index: number): number => (parts[index] ?? 0) * 65_536 + (parts[index + 1] ?? 0);
  return [word(0), word(2), word(4), word(6)];
}

/** The IPv4 address inside `::ffff:a.b.c.d`. */
export function mappedIPv4(words: IPv6Words): number | undefined {
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff ? words[3] : undefined;
}

/** A mask with `bits` leading ones. */
export function mask32(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? 0xffff_ffff : (0xffff_ffff << (32 - bits)) >>> 0;
}

/** The words with all but the first `prefix` bits cleared. */
export function maskIPv6(words: IPv6Words, prefix: number): IPv6Words {
  const keep = (index: 0 | 1 | 2 | 3): number => (words[index] & mask32(prefix - 32 * index)) >>> 0;
  return [keep(0), keep(1), keep(2), keep(3)];
}

/** Dotted quad. */
export function formatIPv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** As inet_ntop(3) writes it. */
export function formatIPv6(words: IPv6Words): string {
  const mapped = mappedIPv4(words);
  if (mapped !== undefined) return `::ffff:${formatIPv4(mapped)}`;
  const parts = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  return new ipaddr.IPv6(parts).toRFC5952String();
}
