// What to bind for a service: family, address, port, socket options, or a unix socket; and how requests arrive there.
// Pure: no `node:` imports, no sockets. `listener.ts` opens what is described here.
// Source: xinetd.conf(5) `flags`, `bind`, `v6only`; spec 3.3 (families), 3.5 (v6only), 4.4 (activation).

import type { ServiceConfig } from '../config/service-config.ts';
import type { SocketSpec, UnixSocketSpec } from '../native/socket-kinds.ts';

/**
 * How a request shows itself on the socket.
 * `connection`: accepted here; `listener`: the server gets the listening socket and accepts itself, the peer is unknown;
 * `datagram`: the server gets the socket with the datagram still queued, the peer is found by peeking.
 */
export type Arrival = 'connection' | 'listener' | 'datagram';

/** One socket to open for a service. */
export interface Endpoint {
  readonly spec: SocketSpec | UnixSocketSpec;
  /** What to open instead where an IPv6 socket cannot be created. */
  readonly ipv4Fallback: SocketSpec | undefined;
  readonly arrival: Arrival;
  /** The packet filter of a socket of this family; empty: none. */
  readonly filterFor: (family: SocketSpec['family']) => Uint8Array;
  /** Turn IPv4-mapped connections into IPv4 sockets, so that the server sees AF_INET. */
  readonly convertMapped: boolean;
}

/** The part of a service's configuration that decides its socket. */
export type EndpointConfig = Pick<
  ServiceConfig,
  | 'type'
  | 'flags'
  | 'socket_type'
  | 'protocol'
  | 'wait'
  | 'port'
  | 'bind'
  | 'v6only'
  | 'free_bind'
  | 'socket_path'
  | 'socket_mode'
  | 'socket_user'
  | 'socket_group'
>;

/** Longest queue of connections not yet accepted; the kernel lowers it to net.core.somaxconn. differs: D44. */
export const BACKLOG = 4096;

const TCP = 6;
const NO_FILTER = new Uint8Array();
/** Of an owner, as chown(2) has it. */
const UNCHANGED = -1;
const MOST_BIND_DELAY_US = 500_000;

/** The endpoint of a service; undefined for TCPMUX services, which are reached through tcpmux alone. */
export function endpointOf(
  config: EndpointConfig,
  filterFor: Endpoint['filterFor'] = () => NO_FILTER,
): Endpoint | undefined {
  if (config.type.includes('TCPMUX') || config.type.includes('TCPMUXPLUS')) return undefined;
  if (config.socket_path !== undefined) return unixEndpoint(config, config.socket_path);
  const family = familyOf(config);
  const isIPv6 = family === 'ipv6';
  const isTcp = config.protocol.number === TCP;
  const spec: SocketSpec = {
    family,
    type: config.socket_type,
    protocol: config.protocol.number,
    address: config.bind?.address ?? '',
    port: config.port,
    isV6Only: isIPv6 && config.v6only,
    isFreeBind: config.free_bind,
    isNoDelay: isTcp && config.flags.includes('NODELAY'),
    isKeepAlive: isTcp && config.flags.includes('KEEPALIVE'),
    backlog: BACKLOG,
  };
  const mayFallBack = isIPv6 && config.bind === undefined && !config.v6only;
  return {
    spec,
    ipv4Fallback: mayFallBack ? { ...spec, family: 'ipv4' } : undefined,
    arrival: arrivalOf(config),
    filterFor,
    convertMapped: isIPv6 && !config.v6only,
  };
}

function unixEndpoint(config: EndpointConfig, path: string): Endpoint {
  const spec: UnixSocketSpec = {
    family: 'unix',
    type: config.socket_type === 'seqpacket' ? 'seqpacket' : 'stream',
    path,
    mode: config.socket_mode,
    uid: config.socket_user?.uid ?? UNCHANGED,
    gid: config.socket_group?.gid ?? UNCHANGED,
    backlog: BACKLOG,
  };
  const arrival = config.wait && !config.type.includes('INTERNAL') ? 'listener' : 'connection';
  return { spec, ipv4Fallback: undefined, arrival, filterFor: () => NO_FILTER, convertMapped: false };
}

/** Pause between two tries to bind, from XINETD_BIND_DELAY (microseconds, 0 to 500000; anything else counts as 0). */
export function bindDelayMs(variable: string | undefined): number {
  if (variable === undefined || !/^\d+$/.test(variable)) return 0;
  const delayUs = Number(variable);
  return delayUs <= MOST_BIND_DELAY_US ? delayUs / 1000 : 0;
}

/** An address that is bound decides; then the flags, IPv6 before IPv4; then IPv6. */
function familyOf(config: EndpointConfig): SocketSpec['family'] {
  if (config.bind !== undefined) return config.bind.family;
  const isIPv4 = config.flags.includes('IPv4') && !config.flags.includes('IPv6');
  return isIPv4 ? 'ipv4' : 'ipv6';
}

/** A built-in accepts here even with `wait = yes`, for the daemon itself serves it. */
function arrivalOf(config: EndpointConfig): Arrival {
  if (config.socket_type === 'dgram') return 'datagram';
  const isAcceptedHere = config.socket_type === 'stream' && (!config.wait || config.type.includes('INTERNAL'));
  return isAcceptedHere ? 'connection' : 'listener';
}
