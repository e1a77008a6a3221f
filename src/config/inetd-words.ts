// The small notations inside the fields of inetd.conf, as the BSDs, AIX, Solaris and GNU write them: field → parts.
// Pure; reports nothing. Parts keep their place, so that findings point at them. A notation that is none of these
// comes back whole, for inetd-line.ts to complain about.

import { SOCKET_TYPES } from './attributes/values.ts';
import type { Word } from './syntax.ts';

/** `[ADDRESS[,ADDRESS…]:]NAME[/VERSIONS]`; no addresses where none are written, `*` is every one. */
export interface ServiceField {
  readonly addresses: readonly Word[] | undefined;
  readonly name: Word;
  /** Empty where there is no slash. */
  readonly versions: Word;
}

/** What stands after tcp or udp: families, and whether IPv4 callers of an IPv6 socket are welcome. */
export type FamilySuffix = '' | '4' | '6' | '46' | '6only';

/** `[rpc/]PROTOCOL[FAMILY][,OPTION…]` */
export interface ProtocolField {
  readonly isRpc: boolean;
  /** Without family, where it is tcp or udp. */
  readonly protocol: Word;
  readonly family: FamilySuffix;
  readonly options: readonly Word[];
}

/** `wait` or `nowait`, then `.MAX` or `:MAX` (starts a minute) or `/CHILDREN[/PER-MINUTE[/PER-ADDRESS]]`. */
export interface WaitField {
  readonly isWait: boolean;
  readonly startsPerMinute: Word | undefined;
  readonly children: Word | undefined;
  readonly callsPerMinute: Word | undefined;
  readonly childrenPerAddress: Word | undefined;
}

/** The first field. An IPv6 address before the colon may stand in brackets. */
export function serviceField(field: Word): ServiceField {
  const colon = field.text.lastIndexOf(':');
  const slash = field.text.indexOf('/', colon + 1);
  const end = slash === -1 ? field.text.length : slash;
  return {
    addresses: colon === -1 ? undefined : addressList(part(field, 0, colon)),
    name: part(field, colon + 1, end),
    versions: part(field, end + 1, field.text.length),
  };
}

/** The addresses of `ADDRESS[,ADDRESS…]`. */
function addressList(field: Word): readonly Word[] {
  return split(field, ',').map((address) =>
    /^\[.*\]$/u.test(address.text) ? part(address, 1, address.text.length - 1) : address,
  );
}

/** The second field: the type, and what NetBSD (`stream:FILTER`) and AIX (`sunrpc_udp`) put to it. */
export function socketField(field: Word): { readonly type: Word; readonly filter: Word; readonly isSunRpc: boolean } {
  const [type = field, ...rest] = split(field, ':');
  const filter = rest[0] ?? part(field, field.text.length, field.text.length);
  const sunRpc = /^sunrpc_(tcp|udp)$/iu.exec(type.text);
  if (sunRpc === null) return { type, filter, isSunRpc: false };
  return { type: named(sunRpc[1]?.toLowerCase() === 'tcp' ? 'stream' : 'dgram', type), filter, isSunRpc: true };
}

/** Whether a word is a socket type. */
export function isSocketType({ text }: Word): boolean {
  return SOCKET_TYPES.some((known) => known === text.toLowerCase());
}

/** The third field. */
export function protocolField(field: Word): ProtocolField {
  const [whole = field, ...options] = split(field, ',');
  const isRpc = whole.text.includes('rpc');
  const protocol = isRpc ? afterSlash(whole) : whole;
  const known = /^(tcp|udp)(4|6|46|6only)$/u.exec(protocol.text);
  if (known === null) return { isRpc, protocol, family: '', options };
  const [, base = '', suffix = ''] = known;
  return { isRpc, protocol: part(protocol, 0, base.length), family: familyOf(suffix), options };
}

function familyOf(suffix: string): FamilySuffix {
  return suffix === '4' || suffix === '6' || suffix === '46' || suffix === '6only' ? suffix : '';
}

/** The fourth field; undefined where it begins with neither word or ends in something else. */
export function waitField(field: Word): WaitField | undefined {
  const match = /^(no)?wait(?:([.:])\d+|(?:\/\d+){1,3})?$/iu.exec(field.text);
  if (match === null) return undefined;
  const [children, callsPerMinute, childrenPerAddress] = split(field, '/').slice(1);
  const separator = match[2];
  const startsPerMinute = separator === undefined ? undefined : split(field, separator)[1];
  return { isWait: match[1] === undefined, startsPerMinute, children, callsPerMinute, childrenPerAddress };
}

/** The fifth field, `USER[:GROUP|.GROUP][/LOGIN-CLASS]`: every way to read it, likeliest first. */
export function userFields(field: Word): readonly { readonly user: Word; readonly group: Word | undefined }[] {
  const { text } = field;
  const splits = [text.indexOf(':'), text.indexOf('.'), text.lastIndexOf('.')].filter((at) => at !== -1);
  return [
    { user: field, group: undefined },
    ...splits.map((at) => ({ user: part(field, 0, at), group: part(field, at + 1, text.length) })),
  ];
}

/** A word that the field stands for. */
export function named(text: string, { span }: Word): Word {
  return { text, span };
}

/** A stretch of a word, with its place. */
export function part({ text, span }: Word, from: number, to: number): Word {
  const start = Math.min(from, text.length);
  return { text: text.slice(start, to), span: { ...span, start: span.start + start, end: span.start + to } };
}

/** What stands after the first slash; nothing without one. */
function afterSlash(word: Word): Word {
  const slash = word.text.indexOf('/');
  return part(word, slash === -1 ? word.text.length : slash + 1, word.text.length);
}

function split(field: Word, separator: string): readonly Word[] {
  const found: Word[] = [];
  let start = 0;
  for (const text of field.text.split(separator)) {
    found.push(part(field, start, start + text.length));
    start += text.length + separator.length;
  }
  return found;
}
