// Reading the header of the PROXY protocol, versions 1 and 2, in whatever pieces it comes. Strict: what is not exactly a header
// is none. Pure.
// Source: https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt

import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../config/attributes/ip-text.ts';
import type { InternetEnd } from '../native/socket-kinds.ts';
import { MOST_PORTS, SIGNATURE } from './proxy-header.ts';

/** What the bytes so far come to. */
export type ProxyFinding =
  /** At least so many more belong to the header. */
  | { readonly kind: 'unfinished'; readonly least: number }
  /** Without a client: the proxy speaks for itself, or does not know. */
  | { readonly kind: 'header'; readonly client?: InternetEnd; readonly server?: InternetEnd }
  | { readonly kind: 'bad'; readonly why: string };

/** The longest header that is taken, with whatever a proxy adds to the addresses. */
export const MOST_HEADER_BYTES = 536;

const TEXT = 'PROXY ';
const MOST_TEXT_BYTES = 107;
const FIXED_BYTES = 16;
const RETURN = 0x0d;
const LINE_FEED = 0x0a;
/** `PROXY UNKNOWN` with the end of its line; nothing is shorter. */
const SHORTEST = 15;

/** Looks at all bytes that have come; never wants more than belong to the header. */
export function parseProxyHeader(bytes: Uint8Array): ProxyFinding {
  if (bytes.length === 0) return { kind: 'unfinished', least: SHORTEST };
  if (isBegun(bytes, TEXT)) return parseText(bytes);
  return isBegun(bytes, SIGNATURE) ? parseBinary(bytes) : bad('does not begin like a header');
}

function isBegun(bytes: Uint8Array, beginning: string): boolean {
  const length = Math.min(bytes.length, beginning.length);
  for (let at = 0; at < length; at += 1) if (bytes[at] !== beginning.charCodeAt(at)) return false;
  return true;
}

function bad(why: string): ProxyFinding {
  return { kind: 'bad', why };
}

const LINE =
  /^PROXY (?:UNKNOWN(?: [^\r\n]*)?|(?<family>TCP[46]) (?<client>\S+) (?<server>\S+) (?<clientPort>\d+) (?<serverPort>\d+))\r\n$/;

/** While the line is not whole, its last two bytes say whether it can become so: no more than two come at a time. */
function parseText(bytes: Uint8Array): ProxyFinding {
  const [before, last] = bytes.subarray(-2);
  if (before === RETURN && last === LINE_FEED) return parseLine(String.fromCharCode(...bytes));
  if (before === RETURN || last === LINE_FEED) return bad('its line does not end in CR LF');
  const least = Math.max(SHORTEST - bytes.length, last === RETURN ? 1 : 2);
  return bytes.length + least > MOST_TEXT_BYTES ? bad('its line is too long') : { kind: 'unfinished', least };
}

function parseLine(text: string): ProxyFinding {
  const groups = LINE.exec(text)?.groups;
  if (groups === undefined) return bad('its line is malformed');
  const { family, client = '', server = '', clientPort = '', serverPort = '' } = groups;
  if (family === undefined) return { kind: 'header' };
  const ends = [textEnd(family, client, clientPort), textEnd(family, server, serverPort)] as const;
  if (ends[0] === undefined || ends[1] === undefined) return bad('its line has an address or port that is none');
  return { kind: 'header', client: ends[0], server: ends[1] };
}

function textEnd(family: string, address: string, portText: string): InternetEnd | undefined {
  const port = Number(portText);
  if (String(port) !== portText || port >= MOST_PORTS) return undefined;
  return family === 'TCP4' ? ipv4End(parseIPv4(address), port, address) : ipv6End(address, port);
}

/** Only the one usual spelling. */
function ipv4End(address: number | undefined, port: number, spelling: string): InternetEnd | undefined {
  if (address === undefined || formatIPv4(address) !== spelling) return undefined;
  return { family: 4, words: [address, 0, 0, 0], port, plain: spelling };
}

function ipv6End(address: string, port: number): InternetEnd | undefined {
  const words = address.includes('%') ? undefined : parseIPv6(address);
  return words === undefined ? undefined : { family: 6, words, port, plain: formatIPv6(words) };
}

const VERSION = 0x20;
const LOCAL = VERSION;
const PROXY = VERSION + 1;
const TCP_OVER_IPV4 = 0x11;
const TCP_OVER_IPV6 = 0x21;
/** Unspecified, datagrams, unix sockets: valid, and nothing an address of a caller can be read from. */
const OTHERS: readonly number[] = [0x00, 0x12, 0x22, 0x31, 0x32];

function parseBinary(bytes: Uint8Array): ProxyFinding {
  if (bytes.length < FIXED_BYTES) return { kind: 'unfinished', least: FIXED_BYTES - bytes.length };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [command, transport, length] = [view.getUint8(12), view.getUint8(13), view.getUint16(14)];
  if (command !== LOCAL && command !== PROXY) return bad('has an unknown version or command');
  if (FIXED_BYTES + length > MOST_HEADER_BYTES) return bad('is too long');
  const least = FIXED_BYTES + length - bytes.length;
  if (least > 0) return { kind: 'unfinished', least };
  if (command === LOCAL) return { kind: 'header' };
  const ends = ADDRESSES[transport];
  if (ends === undefined) return OTHERS.includes(transport) ? { kind: 'header' } : bad('has an unknown address family');
  return length < ends.bytes ? bad('is too short for its addresses') : { kind: 'header', ...ends.read(view) };
}

type Ends = Pick<Extract<ProxyFinding, { kind: 'header' }>, 'client' | 'server'>;

const ADDRESSES: {
  readonly [transport: number]: { readonly bytes: number; readonly read: (view: DataView) => Ends };
} = {
  [TCP_OVER_IPV4]: {
    bytes: 12,
    read: (view) => ({ client: binaryIPv4(view, 16, 24), server: binaryIPv4(view, 20, 26) }),
  },
  [TCP_OVER_IPV6]: {
    bytes: 36,
    read: (view) => ({ client: binaryIPv6(view, 16, 48), server: binaryIPv6(view, 32, 50) }),
  },
};

function binaryIPv4(view: DataView, at: number, portAt: number): InternetEnd {
  const address = view.getUint32(at);
  return { family: 4, words: [address, 0, 0, 0], port: view.getUint16(portAt), plain: formatIPv4(address) };
}

function binaryIPv6(view: DataView, at: number, portAt: number): InternetEnd {
  const word = (index: number): number => view.getUint32(at + 4 * index);
  const words = [word(0), word(1), word(2), word(3)] as const;
  return { family: 6, words, port: view.getUint16(portAt), plain: formatIPv6(words) };
}
