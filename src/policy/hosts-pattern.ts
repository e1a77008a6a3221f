// One pattern of hosts.allow or hosts.deny against one text or host, as the wrappers library compares. Pure.
// Case does not matter. What is not known of a host is the text `unknown`, and patterns are matched against that, too.
// Source: hosts_access(5), PATTERNS and WILDCARDS; test/e2e/wrappers-library asks the library itself.

import { maskIPv6, parseIPv4, parseIPv6 } from '../config/attributes/ip-text.ts';

/** What the library calls something it does not know. */
export const UNKNOWN_TEXT = 'unknown';
/** What it calls a name that its owner claims and the address does not have. */
export const PARANOID_TEXT = 'paranoid';

/** A host as patterns see it. The names are asked for only where a pattern needs them. */
export interface MatchedHost {
  /** An address without mapping prefix, or `unknown`. */
  readonly address: string;
  /** Never empty: names, the first one in use first, or `unknown` or `paranoid`. */
  readonly names: () => readonly string[];
}

/** Words of the files that patterns such as `/etc/friends` name; none of a file that is not there. */
export type HostLists = ReadonlyMap<string, readonly string[]>;

/** How patterns are read. */
export interface Reading {
  readonly lists: HostLists;
  /** What a pattern counts as when nobody knows whom it means: a file that could not be read, a netgroup. */
  readonly inDoubt: boolean;
}

/** Files that name files: what is deeper is in doubt. */
const DEEPEST = 8;
const ONLY_NUMBERS = /^[\d./]*$/;

/** Whether a host pattern matches. */
export function matchesHost(
  pattern: string,
  host: MatchedHost,
  reading: Reading,
  trail: readonly string[] = [],
): boolean {
  if (pattern.startsWith('@')) return reading.inDoubt;
  if (pattern.startsWith('/')) {
    if (trail.includes(pattern)) return false;
    const words = trail.length < DEEPEST ? reading.lists.get(pattern) : undefined;
    const further = [...trail, pattern];
    return words === undefined ? reading.inDoubt : words.some((word) => matchesHost(word, host, reading, further));
  }
  if (isSame(pattern, 'KNOWN')) return host.address !== UNKNOWN_TEXT && isKnownName(host.names()[0]);
  if (isSame(pattern, 'LOCAL')) return host.names().some((name) => !name.includes('.') && isKnownName(name));
  if (matchesAddress(pattern, host.address)) return true;
  return !ONLY_NUMBERS.test(pattern) && host.names().some((name) => matchesText(pattern, name));
}

/** Whether a name is one. */
export function isKnownName(name: string | undefined): name is string {
  return name !== undefined && !isSame(name, UNKNOWN_TEXT) && !isSame(name, PARANOID_TEXT);
}

/** Whether a pattern matches a daemon, a user or a host name. */
export function matchesText(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase();
  const given = text.toLowerCase();
  if (/[*?]/.test(wanted)) return matchesWildcards(wanted, given);
  if (wanted.startsWith('.')) return given.length > wanted.length && given.endsWith(wanted);
  if (wanted === 'all') return true;
  if (wanted === 'known') return given !== UNKNOWN_TEXT;
  if (wanted.endsWith('.')) return given.startsWith(wanted);
  return wanted === given;
}

function matchesAddress(pattern: string, address: string): boolean {
  if (matchesText(pattern, address)) return true;
  const slash = pattern.lastIndexOf('/');
  if (pattern.startsWith('[')) return matchesBracketed(pattern, address);
  return slash > 0 && matchesMasked(pattern.slice(0, slash), pattern.slice(slash + 1), address);
}

/** `net/mask` and `net/length`: true where the network is the address under the mask. */
function matchesMasked(net: string, maskText: string, address: string): boolean {
  const [netNumber, number] = [dottedQuad(net), dottedQuad(address)];
  const mask = dottedQuad(maskText) ?? maskOfLength(maskText);
  if (netNumber === undefined || number === undefined || mask === undefined) return false;
  return (number & mask) >>> 0 === netNumber;
}

/** Four parts; 255.255.255.255 is no address to the library. */
function dottedQuad(text: string): number | undefined {
  const number = text.split('.').length === 4 ? parseIPv4(text) : undefined;
  return number === 0xffff_ffff ? undefined : number;
}

/** compat: what follows the digits is not looked at; only 1 to 32 is a length. */
function maskOfLength(text: string): number | undefined {
  const length = Number.parseInt(text, 10);
  return length >= 1 && length <= 32 ? (0xffff_ffff << (32 - length)) >>> 0 : undefined;
}

/** `[address]` and `[network]/length`, for IPv6. compat: only the digits that a length begins with are looked at. */
function matchesBracketed(pattern: string, address: string): boolean {
  const [, net = '', length] = /^\[([^\]]*)\](?:\/(.*))?$/s.exec(pattern) ?? [];
  const [netWords, words] = [parseIPv6(net), parseIPv6(address)];
  const bits = length === undefined ? 128 : Number.parseInt(length, 10) || 0;
  if (netWords === undefined || words === undefined || bits < 0 || bits > 128) return false;
  const [wanted, given] = [maskIPv6(netWords, bits), maskIPv6(words, bits)];
  return wanted.every((word, index) => word === given[index]);
}

/** `*` is any text, `?` any character; in time of the product of both lengths at most. */
function matchesWildcards(pattern: string, text: string): boolean {
  let [at, place, star, resume] = [0, 0, -1, 0];
  while (place < text.length) {
    if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[place]) && pattern[at] !== '*') {
      at += 1;
      place += 1;
    } else if (pattern[at] === '*') {
      star = at;
      resume = place;
      at += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      place = resume;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
