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
    waiting.set(id, [...(waiting.get(id) ?? []), service]);
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
      keep.push({ before: service, after: match, isRebound: endpointKey(service) !== endpointKey(match) });
    }
  }
  const kept = new Set(keep.map(({ after: service }) => service));
  return { start: after.filter((service) => !kept.has(service)), keep, drop };
}

/** The reference's test for "the same service": types, wait, protocol, socket type, port or program. */
function isSameKind(a: Service, b: Service): boolean {
  return kindKey(a) === kindKey(b);
}

function kindKey({ config }: Pick<Service, 'config'>): string {
  const types = ['UNLISTED', 'INTERNAL', 'RPC', 'TCPMUX', 'TCPMUXPLUS'].map((type) =>
    config.type.some((own) => own === type) ? type : '-',
  );
  const number = types.includes('RPC') ? config.rpc_number : config.port;
  return [...types, config.wait, config.protocol.number, config.socket_type, number].join(' ');
}

function unixKey({ socket_path, socket_mode, socket_user, socket_group }: Service['config']): readonly unknown[] {
  return socket_path === undefined ? [] : [socket_path, socket_mode, socket_user?.uid, socket_group?.gid];
}

/** Everything that makes a listening socket what it is. Socket options count: they are set before bind. */
function endpointKey({ config }: Pick<Service, 'config'>): string {
  const family = config.flags.filter((flag) => flag === 'IPv4' || flag === 'IPv6');
  const options = config.flags.filter((flag) => flag === 'NODELAY' || flag === 'KEEPALIVE');
  return [
    kindKey({ config }),
    config.port,
    ...family,
    config.bind?.address ?? '*',
    config.v6only,
    config.free_bind,
    ...unixKey(config),
    ...options,
  ].join(' ');
}
