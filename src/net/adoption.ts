// Which socket that somebody else has bound is a service's: the one that bears its id, else one bound to just its address.
// Pure. The sockets come from a service manager (sd_listen_fds(3)) or from the daemon that ran before; daemon/inherited.ts
// holds them.

import type { SocketDescription, SocketSpec, UnixSocketSpec } from '../native/socket-kinds.ts';

/** A socket that came with the process. */
export interface BoundSocket extends SocketDescription {
  readonly fd: number;
  /** As its giver calls it; '' without a name. */
  readonly name: string;
}

/** Who wants a socket. */
export interface Wanted {
  readonly id: string;
  readonly spec: SocketSpec | UnixSocketSpec;
}

/** The socket for a service; one that bears another service's id is never taken for its address. */
export function findSocket<Socket extends BoundSocket>(
  sockets: readonly Socket[],
  { id, spec }: Wanted,
  isServiceId: (name: string) => boolean,
): Socket | undefined {
  const fitting = sockets.filter((socket) => isOfKind(socket, spec));
  return (
    fitting.find(({ name }) => isNameOf(name, id)) ??
    fitting.find((socket) => !isServiceId(idIn(socket.name)) && isBoundTo(socket, spec))
  );
}

/** How a socket's name gives the id of a service: units are called after it with `.socket` behind. */
export function idIn(name: string): string {
  return name.replace(/\.socket$/, '').toLowerCase();
}

function isNameOf(name: string, id: string): boolean {
  return name.toLowerCase() === id.toLowerCase() || idIn(name) === id.toLowerCase();
}

/** A connection that somebody has accepted already is no service's. */
function isOfKind(socket: BoundSocket, spec: Wanted['spec']): boolean {
  const isAccepting = socket.isListening || spec.type === 'dgram' || spec.type === 'raw';
  const isSameWorld = (socket.family === 'unix') === (spec.family === 'unix');
  return isSameWorld && socket.type === spec.type && isAccepting;
}

function isBoundTo(socket: BoundSocket, spec: Wanted['spec']): boolean {
  if (spec.family === 'unix') return socket.address === spec.path;
  return (
    socket.family === spec.family &&
    socket.port === spec.port &&
    socket.isV6Only === spec.isV6Only &&
    socket.address === (spec.address === '' ? anyAddress(spec) : withoutZone(spec.address))
  );
}

function anyAddress({ family }: SocketSpec): string {
  return family === 'ipv6' ? '::' : '0.0.0.0';
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}
