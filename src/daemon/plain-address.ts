// An address that somebody typed, spelled as the daemon spells the addresses of its callers. Pure.
// Only whole addresses: nothing here stands for a network.

import { formatIPv4, formatIPv6, mappedIPv4, parseIPv4, parseIPv6 } from '../config/attributes/ip-text.ts';
import { sourceOf, unixSource } from '../policy/source.ts';
import type { Source } from '../policy/source.ts';

const DOTTED_QUAD = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** `::ffff:192.0.2.1` and `192.0.2.1` are one address; undefined for anything that is no address. */
export function plainAddress(text: string): string | undefined {
  if (!text.includes(':')) {
    const ipv4 = DOTTED_QUAD.test(text) ? parseIPv4(text) : undefined;
    return ipv4 === undefined ? undefined : formatIPv4(ipv4);
  }
  const words = text.includes('%') ? undefined : parseIPv6(text);
  if (words === undefined) return undefined;
  const mapped = mappedIPv4(words);
  return mapped === undefined ? formatIPv6(words) : formatIPv4(mapped);
}

const PERSON = /^uid:(\d{1,10})((?:,gid:\d{1,10})*)$/;

/** A caller that somebody typed: a plain address, or `uid:1000,gid:100` on a unix socket, the further groups behind. */
export function plainCaller(text: string): string | undefined {
  return PERSON.test(text) ? text : plainAddress(text);
}

/** The source that a plain caller stands for, without a port. */
export function sourceOfText(plain: string): Source {
  const [, uid, groups = ''] = PERSON.exec(plain) ?? [];
  if (uid !== undefined) return personOf(Number(uid), groups.split(',gid:').slice(1).map(Number));
  const ipv6 = parseIPv6(plain);
  return ipv6 === undefined ? sourceOf(4, 0, plain, [parseIPv4(plain) ?? 0, 0, 0, 0]) : sourceOf(6, 0, plain, ipv6);
}

/** Without a group that is told, the caller is of none. */
function personOf(uid: number, [gid = -1, ...groups]: readonly number[]): Source {
  return unixSource({ uid, gid, pid: 0, groups });
}
