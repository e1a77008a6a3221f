// What a reload changes: (services in operation, services of the new configuration) → start, keep, drop.
// Pure. Source: spec section 10.2. A service is known by its id; what it listens on decides whether its socket lives on.

import type { Service } from '../config/service.ts';

export interface ServiceDiff {
  /** New services, in configuration order. */
  readonly start: readonly Service[];
  /** Services that go on with new settings; `isRebound` when the socket must be another one. */
  readonly keep: readonly { readonly before: Service; readonly after: Service; readonly isRebound: boolean }[];
  readonly drop: readonly Service[];
}

/** Compares by id (case-insensitively); among equal ids the first that is the same kind of service is taken. */
export function diffServices(before: readonly Service[], after: readonly Service[]): ServiceDiff {
  const waiting = new Map<string, Service[]>();
  for (const service of after) {
    const id = service.config.id.toLowerCase();
    const others = waiting.get(id);
    if (others === undefined) waiting.set(id, [service]);
    else others.push(service);
  }
  const keep: ServiceDiff['keep'][number][] = [];
  const drop: Service[] = [];
  for (const service of before) {
    const candidates = waiting.get(service.config.id.toLowerCase()) ?? [];
    const at = candidates.findIndex((candidate) => isSameKind(service, candidate));
    const match = candidates[at];
    if (match === undefined) drop.push(service);
    else {
      candidates.splice(at, 1);
      keep.push({ before: service, after: match, isRebound: !isSameEndpoint(service, match) });
    }
  }
  const kept = new Set(keep.map(({ after: service }) => service));
  return { start: after.filter((service) => !kept.has(service)), keep, drop };
}

type Config = Service['config'];

const KINDS = ['UNLISTED', 'INTERNAL', 'RPC', 'TCPMUX', 'TCPMUXPLUS'] as const;
/** Those that make a listening socket another one. Socket options count: they are set before bind. */
const SOCKET_FLAGS = ['IPv4', 'IPv6', 'NODELAY', 'KEEPALIVE'] as const;

/** The reference's test for "the same service": types, wait, protocol, socket type, port or program. */
function isSameKind({ config: a }: Service, { config: b }: Service): boolean {
  return (
    a.wait === b.wait &&
    a.protocol.number === b.protocol.number &&
    a.socket_type === b.socket_type &&
    KINDS.every((type) => a.type.includes(type) === b.type.includes(type)) &&
    (a.type.includes('RPC') ? a.rpc_number === b.rpc_number : a.port === b.port)
  );
}

/** Of two services of a kind: everything else that makes a listening socket what it is. */
function isSameEndpoint({ config: a }: Service, { config: b }: Service): boolean {
  return (
    a.port === b.port &&
    a.bind?.address === b.bind?.address &&
    a.v6only === b.v6only &&
    a.free_bind === b.free_bind &&
    SOCKET_FLAGS.every((flag) => a.flags.includes(flag) === b.flags.includes(flag)) &&
    a.socket_path === b.socket_path &&
    (a.socket_path === undefined || isSameFile(a, b))
  );
}

function isSameFile(a: Config, b: Config): boolean {
  return (
    a.socket_mode === b.socket_mode &&
    a.socket_user?.uid === b.socket_user?.uid &&
    a.socket_group?.gid === b.socket_group?.gid
  );
}
