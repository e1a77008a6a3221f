// How an address stands in a log (`log_address`): as the kernel gave it, plain, shortened to its network, or as a mark that
// cannot be turned back. Pure but for the hash that is handed in.

import type { AddressForm } from '../config/attributes/values.ts';
import type { Source } from '../policy/source.ts';

/** Writes the address of a caller. */
export type AddressWriter = (source: Source) => string;

/** Picks the writer once, when a log is opened; `hash` makes a mark of a plain address. */
export function addressWriter(form: AddressForm, hash: (plain: string) => string): AddressWriter {
  switch (form) {
    case 'full':
      return ({ text }) => text;
    case 'plain':
      return ({ plain }) => plain;
    case 'prefix':
      return prefixOf;
    case 'hash':
      return ({ plain }) => hash(plain);
  }
}

/** Whether the port may stand beside the address: it tells callers of one network apart. */
export function showsPort(form: AddressForm): boolean {
  return form === 'full' || form === 'plain';
}

/** `192.0.2.0/24`, `2001:db8:1::/48`; a unix socket's callers are of no network. */
function prefixOf({ family, words }: Source): string {
  const [first, second] = words;
  const bytes = [first >>> 24, (first >>> 16) & 0xff, (first >>> 8) & 0xff];
  if (family === 'unix') return family;
  if (family === 4) return `${bytes.join('.')}.0/24`;
  const groups = [first >>> 16, first & 0xffff, second >>> 16].map((group) => group.toString(16));
  return `${groups.join(':')}::/48`;
}
