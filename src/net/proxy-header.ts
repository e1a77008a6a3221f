// The header of the PROXY protocol, versions 1 and 2, which tells a server for whom a connection is passed on. Pure.
// Source: https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt

import type { ProxyVersion } from '../config/attributes/values.ts';
import type { InternetEnd } from '../native/socket-kinds.ts';

/** The number of all ports. */
export const MOST_PORTS = 65_536;

/** What version 2 begins with. */
export const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';

const VERSION_2 = 0x20;
const PROXY = 1;
const TCP_OVER = { 4: 0x11, 6: 0x21 } as const;

/** The header for a TCP connection from `client` to `server`; without a server it says that nothing is known. */
export function proxyHeader(
  version: ProxyVersion,
  client: InternetEnd | undefined,
  server: InternetEnd | undefined,
): Uint8Array {
  const isKnown = client !== undefined && server !== undefined && server.family === client.family;
  if (version === 'v1') return bytesOf(isKnown ? textHeader(client, server) : 'PROXY UNKNOWN\r\n');
  const signature = bytesOf(SIGNATURE);
  if (!isKnown) return Uint8Array.from([...signature, VERSION_2, 0, 0, 0]);
  const addresses = [...addressBytes(client), ...addressBytes(server), ...portBytes(client), ...portBytes(server)];
  return Uint8Array.from([...signature, VERSION_2 | PROXY, TCP_OVER[client.family], 0, addresses.length, ...addresses]);
}

function textHeader(client: InternetEnd, server: InternetEnd): string {
  return `PROXY TCP${client.family} ${client.plain} ${server.plain} ${client.port} ${server.port}\r\n`;
}

function addressBytes({ family, words }: InternetEnd): readonly number[] {
  const used = family === 4 ? words.slice(0, 1) : words;
  return used.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

function portBytes({ port }: InternetEnd): readonly number[] {
  return [port >> 8, port & 255];
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
