// The DNS name under which an address has its PTR records. Pure. Source: RFC 1035 section 3.5, RFC 3596 section 2.5.

import type { Source } from './source.ts';

/** `1.2.0.192.in-addr.arpa`, or thirty-two nibbles below `ip6.arpa`. */
export function reverseName({ family, words }: Source): string {
  const [first] = words;
  if (family === 4) {
    const octets = [first >>> 24, (first >>> 16) & 255, (first >>> 8) & 255, first & 255];
    return `${octets.toReversed().join('.')}.in-addr.arpa`;
  }
  const nibbles = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  return `${Array.from(nibbles).toReversed().join('.')}.ip6.arpa`;
}
