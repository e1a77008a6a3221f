// Reader of only_from, no_access and proxy_from: every form of address the reference takes, tried in its order.
// Host names are never resolved here, only their syntax is checked (/etc/hosts and /etc/networks tell names of
// hosts from names of networks). Pure; reports XC160 – XC169.
// Source: xinetd.conf(5) only_from; compat/003-access-address-forms.
// differs: D8 prefix lengths and octets are checked. differs: D9 no_access takes no word that is no address.
// differs: D10 names are not resolved. differs: D11 networks and `::` match what they say; mapped addresses are IPv4.

import type { Word } from '../syntax.ts';
import { formatIPv4, formatIPv6, mappedIPv4, mask32, maskIPv6, parseIPv4, parseIPv6 } from './ip-text.ts';
import { FAILED } from './row.ts';
import type { Failed, ListOperations, ReadContext } from './row.ts';
import type { AddressPattern, IPv6Words } from './values.ts';
import { MOST_ID } from './words.ts';

/** What an address is once it is out of its word. */
type Parsed =
  | Omit<Extract<AddressPattern, { kind: 'ipv4' }>, 'text' | 'span'>
  | Omit<Extract<AddressPattern, { kind: 'ipv6' }>, 'text' | 'span'>;

type Addresses = readonly AddressPattern[];

const ALL_BITS = 0xffff_ffff;
const PERSON = /^(uid|gid):(.+)$/;
const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;

/** Reads only_from: a word no form accepts is dropped, which can only narrow the list. */
export function readOnlyFrom(words: readonly Word[], context: ReadContext): Addresses | Failed {
  return readList(words, context, 'XC160');
}

/** Reads no_access: a word no form accepts would guard nothing, so the service refuses to start. */
export function readNoAccess(words: readonly Word[], context: ReadContext): Addresses | Failed {
  return readList(words, context, 'XC161');
}

/** Reads proxy_from: addresses alone, for whoever is trusted must be certain. */
export function readProxies(words: readonly Word[], context: ReadContext): Addresses | Failed {
  const patterns = readList(words, context, 'XC167');
  if (patterns === FAILED) return FAILED;
  const unfit = patterns.find(({ kind }) => kind !== 'ipv4' && kind !== 'ipv6');
  if (unfit === undefined) return patterns;
  context.report('XC167', [unfit.text], unfit, 'names are not taken here');
  return FAILED;
}

type Refusal = 'XC160' | 'XC161' | 'XC167';

function readList(words: readonly Word[], context: ReadContext, refusal: Refusal): Addresses | Failed {
  const patterns: AddressPattern[] = [];
  const isStrict = refusal !== 'XC160';
  for (const word of words) {
    if (word.text.includes(',') && !word.text.includes('{')) {
      context.report('XC162', [word.text], word, `write ${word.text.split(',').filter(Boolean).join(' ')}`);
      return FAILED;
    }
    const isBareNumber = isStrict && /^\d+(?:\/|$)/.test(word.text);
    const found = isBareNumber ? [] : readAddress(word, context);
    if (found === FAILED) return FAILED;
    if (found.length === 0) context.report(refusal, [word.text], word, misfitHint(word.text));
    if (found.length === 0 && isStrict) return FAILED;
    for (const pattern of found) patterns.push(pattern);
  }
  return patterns;
}

/** One word: its patterns, none where no form accepts it, FAILED where a list in braces is broken. */
function readAddress(word: Word, context: ReadContext): Addresses | Failed {
  const { text, span } = word;
  const person = PERSON.exec(text);
  if (person !== null) return readPerson(word, person, context);
  const numeric = parseNumeric(text);
  if (numeric !== undefined) return [{ text, span, ...numeric }];
  if (isDomain(text)) return [{ text, span, kind: 'domain', suffix: text.toLowerCase() }];
  if (isHostName(text)) return [hostOrNetwork(word, context)];
  if (text.includes('/')) {
    const net = parseNet(text);
    return net === undefined ? [] : [{ text, span, ...net }];
  }
  return readFactorized(word, context);
}

/** `uid:1000`, `gid:users`; names are looked up now. */
function readPerson({ text, span }: Word, [, kind, name = '']: RegExpExecArray, { ports }: ReadContext): Addresses {
  if (/^\d{1,10}$/.test(name) && Number(name) <= MOST_ID)
    return [{ text, span, kind: kind === 'uid' ? 'uid' : 'gid', number: Number(name) }];
  if (kind === 'uid') {
    const user = ports.lookupUser(name);
    return user === undefined ? [] : [{ text, span, kind: 'uid', number: user.uid }];
  }
  const group = ports.lookupGroup(name);
  return group === undefined ? [] : [{ text, span, kind: 'gid', number: group.gid }];
}

function parseNumeric(text: string): Parsed | undefined {
  const v4 = parseIPv4(text);
  if (v4 !== undefined) return { kind: 'ipv4', form: 'numeric', address: v4, mask: trailingZeroMask(v4) };
  const v6 = parseIPv6(text);
  if (v6 === undefined) return undefined;
  const mapped = mappedIPv4(v6);
  if (mapped !== undefined) return { kind: 'ipv4', form: 'numeric', address: mapped, mask: ALL_BITS };
  const isAny = v6.every((part) => part === 0);
  return { kind: 'ipv6', form: 'numeric', words: v6, prefix: isAny ? 0 : 128 };
}

/** Trailing zero octets are wildcards: 10.1.0.0 is 10.1.0.0/16, 0.0.0.0 everybody. */
function trailingZeroMask(address: number): number {
  if (address === 0) return 0;
  if ((address & 0xff_ffff) === 0) return mask32(8);
  if ((address & 0xffff) === 0) return mask32(16);
  return (address & 0xff) === 0 ? mask32(24) : ALL_BITS;
}

function parseNet(text: string): Parsed | undefined {
  const slash = text.indexOf('/');
  const bitsText = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(bitsText)) return undefined;
  const bits = Number(bitsText);
  const v4 = parseIPv4(text.slice(0, slash));
  if (v4 !== undefined) {
    return bits > 32
      ? undefined
      : { kind: 'ipv4', form: 'net', address: (v4 & mask32(bits)) >>> 0, mask: mask32(bits) };
  }
  const v6 = parseIPv6(text.slice(0, slash));
  if (v6 === undefined || bits > 128) return undefined;
  const mapped = mappedIPv4(v6);
  if (mapped === undefined || bits < 96) return { kind: 'ipv6', form: 'net', words: maskIPv6(v6, bits), prefix: bits };
  const mask = mask32(bits - 96);
  return { kind: 'ipv4', form: 'net', address: (mapped & mask) >>> 0, mask };
}

function isDomain(text: string): boolean {
  return text.startsWith('.') && isHostName(text.slice(1));
}

/** Syntax of a host name that cannot be mistaken for a broken address. */
export function isHostName(text: string): boolean {
  if (text.length > 254 || !/[A-Za-z]/.test(text)) return false;
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const labels = name.split('.');
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
}

function hostOrNetwork(word: Word, context: ReadContext): AddressPattern {
  const { text, span } = word;
  const isKnownHost = context.ports.lookupHosts(text).length > 0;
  const network = isKnownHost ? undefined : context.ports.lookupNetwork(text);
  if (network === undefined || network === 0)
    return { text, span, kind: 'host', name: text.toLowerCase().replace(/\.$/, '') };
  return { text, span, kind: 'ipv4', form: 'net', address: network, mask: trailingZeroMask(network) };
}

/** `10.1.{2,3}`: one pattern per element, each masked by the number of its components. */
function readFactorized(word: Word, context: ReadContext): Addresses | Failed {
  const { text } = word;
  if (!/^[\d.]*(?:\{|$)/.test(text) || text.includes(':')) return [];
  const lead = text.split('{', 1)[0] ?? '';
  if (/^\.|\.\./.test(lead)) return refuse(word, context, 'XC164');
  if (!text.includes('{')) return [];
  const match = /^((?:\d+\.){0,3})\{([\d,]*)\}$/.exec(text);
  if (match === null) return refuse(word, context, 'XC163');
  const head = match[1] ?? '';
  const elements = (match[2] ?? '').split(',');
  if (elements.includes('')) return refuse(word, context, 'XC165');
  const octets = head.split('.').filter(Boolean);
  if ([...octets, ...elements].some((part) => Number(part) > 255)) return refuse(word, context, 'XC163');
  return elements.map((element) => factor(word, octets, element));
}

function factor(word: Word, octets: readonly string[], element: string): AddressPattern {
  const parts = [...octets, element].map(Number);
  const mask = mask32(8 * parts.length);
  const address = [0, 1, 2, 3].reduce((sum, index) => sum * 256 + (parts[index] ?? 0), 0);
  const text = `${octets.map((octet) => `${octet}.`).join('')}{${element}}`;
  return { text, span: word.span, kind: 'ipv4', form: 'numeric', address, mask };
}

function refuse(word: Word, context: ReadContext, code: 'XC163' | 'XC164' | 'XC165'): Failed {
  context.report(code, [word.text], word, 'braces stand last and hold numbers and commas: 10.1.{2,3}');
  context.report('XC166', [word.text], word);
  return FAILED;
}

function misfitHint(text: string): string | undefined {
  const netmask = /^([\d.]+)\/(255\.[\d.]+)$/.exec(text);
  if (netmask !== null) return `write ${netmask[1] ?? ''}/${prefixOf(parseIPv4(netmask[2] ?? '') ?? ALL_BITS)}`;
  if (/^[\d.]+-[\d.]+$/.test(text)) return 'ranges are not known: use a prefix such as 10.0.0.0/28';
  if (PERSON.test(text)) return 'no such user or group on this machine';
  if (text.startsWith('#')) return 'a comment needs a line of its own';
  if (/^\d+$/.test(text)) return `write ${text}.0.0.0 for the whole network`;
  return text.includes('*') ? 'wildcards are not known: use a prefix such as 10.0.0.0/8' : undefined;
}

function prefixOf(mask: number): number {
  return Math.clz32(~mask);
}

/** `+=` adds, `-=` removes every pattern that says the same, however it was spelled. */
export const addressList: Required<ListOperations<Addresses>> = {
  add: (base, added) => [...(base ?? []), ...added],
  remove: (base, removed) => {
    const gone = new Set(removed.map(addressKey));
    return (base ?? []).filter((pattern) => !gone.has(addressKey(pattern)));
  },
};

function addressKey(pattern: AddressPattern): string {
  if (pattern.kind === 'ipv4') return `4 ${(pattern.address & pattern.mask) >>> 0} ${pattern.mask}`;
  if (pattern.kind === 'ipv6') return `6 ${pattern.words.join(' ')} ${pattern.prefix}`;
  if (pattern.kind === 'uid' || pattern.kind === 'gid') return `${pattern.kind} ${pattern.number}`;
  return pattern.kind === 'host' ? `h ${pattern.name}` : `d ${pattern.suffix}`;
}

/** As the reference's dump prints a pattern, e.g. `10.0.0.0/255.128.0.0(NET)`. */
export function showAddress(pattern: AddressPattern): string {
  if (pattern.kind === 'host' || pattern.kind === 'domain') return `${pattern.text}(HOST)`;
  if (pattern.kind === 'uid' || pattern.kind === 'gid') return `${pattern.kind}:${pattern.number}(PERSON)`;
  const written = pattern.text.split('/', 1)[0] ?? '';
  const v6 = parseIPv6(written);
  if (pattern.kind === 'ipv4') {
    const isOne = pattern.form === 'numeric' || pattern.mask === ALL_BITS;
    if (v6 !== undefined) return showIPv6(v6, isOne ? undefined : 96 + prefixOf(pattern.mask));
    const address = formatIPv4(parseIPv4(written) ?? pattern.address);
    return isOne ? `${address}(NUMERIC)` : `${address}/${formatIPv4(pattern.mask)}(NET)`;
  }
  return showIPv6(v6 ?? pattern.words, pattern.form === 'numeric' ? undefined : pattern.prefix);
}

function showIPv6(words: IPv6Words, prefix: number | undefined): string {
  if (prefix === undefined) return `${formatIPv6(words)}(NUMERIC)`;
  const mask = formatIPv6(maskIPv6([ALL_BITS, ALL_BITS, ALL_BITS, ALL_BITS], prefix));
  return `${formatIPv6(words)}/${mask}(NET)`;
}

/** In configuration syntax. */
export function writeAddresses(value: Addresses | undefined): string | undefined {
  return value?.map((pattern) => pattern.text).join(' ');
}

/** Whether a pattern is about every address of a family. */
export function isEverybody(pattern: AddressPattern): boolean {
  return (pattern.kind === 'ipv4' && pattern.mask === 0) || (pattern.kind === 'ipv6' && pattern.prefix === 0);
}
