// The name files of /etc: services, protocols, rpc, networks, hosts, from text to look-up tables.
// Pure. As the C library reads them: `#` begins a comment anywhere, aliases count as names, the first line that
// matches wins, lines that make no sense are passed over. Text is a byte string.

import { formatIPv6, parseIPv6 } from './attributes/ip-text.ts';
import type { NamedNumber, ServiceName } from './ports.ts';
import { BYTE, isSpace } from './tokens.ts';

/** `/etc/services`. */
export interface ServicesTable {
  readonly find: (name: string, protocol: string) => ServiceName | undefined;
  /** Every name and alias once. */
  readonly names: () => readonly string[];
}

/** `/etc/hosts`. */
export interface HostsTable {
  readonly addressesOf: (name: string) => readonly string[];
  readonly nameOf: (address: string) => string | undefined;
}

const HIGHEST_PORT = 65_535;

/** `name port/protocol alias…` lines; names are case-sensitive. */
export function parseServices(text: string): ServicesTable {
  const tables = new Map<string, Map<string, ServiceName>>();
  for (const [name, endpoint, ...aliases] of lines(text)) {
    const entry = name === undefined || endpoint === undefined ? undefined : serviceOf(name, endpoint, aliases);
    if (entry === undefined) continue;
    const table = tables.get(entry.protocol) ?? new Map<string, ServiceName>();
    tables.set(entry.protocol, table);
    setOnce(table, entry.name, entry);
    for (const alias of aliases) setOnce(table, alias, entry);
  }
  return {
    find: (name, protocol) => tables.get(protocol)?.get(name),
    names: () => [...new Set([...tables.values()].flatMap((table) => [...table.keys()]))],
  };
}

function serviceOf(name: string, endpoint: string, aliases: readonly string[]): ServiceName | undefined {
  const slash = endpoint.indexOf('/');
  const port = Number(endpoint.slice(0, slash));
  const protocol = endpoint.slice(slash + 1);
  const isPort = slash > 0 && Number.isInteger(port) && port >= 0 && port <= HIGHEST_PORT;
  return isPort && protocol !== '' ? { name, port, protocol, aliases } : undefined;
}

/** `name number alias…` lines: `/etc/protocols` and `/etc/rpc`; names are case-sensitive. */
export function parseNumbers(text: string): ReadonlyMap<string, NamedNumber> {
  const entries = new Map<string, NamedNumber>();
  for (const [name, digits, ...aliases] of lines(text)) {
    if (name === undefined || !/^\d{1,10}$/u.test(digits ?? '')) continue;
    const entry = { name, number: Number(digits), aliases };
    for (const each of [name, ...aliases]) setOnce(entries, each, entry);
  }
  return entries;
}

/** Known without /etc/protocols, which the images of containers leave out. differs: D94. */
export const STANDARD_PROTOCOLS = parseNumbers('tcp 6 TCP\nudp 17 UDP\n');

/** `/etc/networks`: the number as four octets in a uint32; missing octets on the right are 0. */
export function parseNetworks(text: string): ReadonlyMap<string, number> {
  const entries = new Map<string, number>();
  for (const [name, number, ...aliases] of lines(text)) {
    const address = networkNumber(number ?? '');
    if (name === undefined || address === undefined) continue;
    for (const each of [name, ...aliases]) setOnce(entries, each, address);
  }
  return entries;
}

/** `/etc/hosts`: names are compared without regard to case; an address keeps the first name given to it. */
export function parseHosts(text: string): HostsTable {
  const addresses = new Map<string, string[]>();
  const names = new Map<string, string>();
  for (const [address, ...all] of lines(text)) {
    const [official] = all;
    if (address === undefined || official === undefined) continue;
    setOnce(names, canonical(address), official);
    for (const name of new Set(all.map((each) => each.toLowerCase()))) {
      const found = addresses.get(name) ?? [];
      if (!found.includes(address)) addresses.set(name, [...found, address]);
    }
  }
  return {
    addressesOf: (name) => addresses.get(name.toLowerCase()) ?? [],
    nameOf: (address) => names.get(canonical(address)),
  };
}

/** IPv6 addresses have many spellings. */
function canonical(address: string): string {
  const words = parseIPv6(address);
  return words === undefined ? address : formatIPv6(words);
}

/** The fields of each line that has any. */
function* lines(text: string): Generator<readonly string[]> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const fields = fieldsOf(text, start, end);
    if (fields.length > 0) yield fields;
    start = end + 1;
  }
}

/** By hand, because a regular expression costs ten times as much while the code is cold. */
function fieldsOf(text: string, start: number, end: number): readonly string[] {
  const fields: string[] = [];
  let begin = -1;
  for (let at = start; at < end; at += 1) {
    const byte = text.charCodeAt(at);
    const isField = !isSpace(byte) && byte !== BYTE.hash;
    if (isField && begin === -1) begin = at;
    if (!isField && begin !== -1) {
      fields.push(text.slice(begin, at));
      begin = -1;
    }
    if (byte === BYTE.hash) return fields;
  }
  if (begin !== -1) fields.push(text.slice(begin, end));
  return fields;
}

function networkNumber(text: string): number | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){0,3}$/u.test(text)) return undefined;
  const octets = text.split('.').map(Number);
  if (octets.some((octet) => octet > 255)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  return a * 0x1000000 + b * 0x10000 + c * 0x100 + d;
}

function setOnce<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (!map.has(key)) map.set(key, value);
}
