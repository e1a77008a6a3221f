// What a service of xinetd has and systemd does not: each loss names the attribute, its line and the reason. Pure.
// An attribute that nothing here or in units.ts speaks of is a loss: what is new to xinetd is unknown to systemd.

import { SERVICE_ATTRIBUTES } from '../../config/attributes/index.ts';
import type { AttributeName } from '../../config/attributes/index.ts';
import { FALLBACKS, findAttribute } from '../../config/attributes/index.ts';
import type { Service } from '../../config/service.ts';
import type { Span } from '../../config/source.ts';

/** One thing that the units of a service do not do. */
export interface Loss {
  readonly service: string;
  readonly attribute: AttributeName;
  /** The value as it is configured. */
  readonly value: string;
  readonly reason: string;
  /** True where the units serve somebody whom xinetd refuses. */
  readonly opens: boolean;
  readonly span?: Span;
}

/** Attributes that units.ts writes, or speaks of itself where it cannot. */
const WRITTEN: ReadonlySet<AttributeName> = new Set([
  ...(['id', 'type', 'flags', 'disable', 'socket_type', 'protocol', 'port', 'bind', 'v6only', 'wait'] as const),
  ...(['user', 'group', 'groups', 'umask', 'nice', 'server', 'server_args', 'env', 'passenv', 'redirect'] as const),
  ...(['instances', 'per_source', 'only_from', 'no_access', 'rlimit_as', 'rlimit_cpu', 'rlimit_data'] as const),
  ...(['socket_path', 'socket_mode', 'socket_user', 'socket_group', 'free_bind'] as const),
  ...(['rlimit_rss', 'rlimit_stack', 'rlimit_files', 'rpc_version', 'rpc_number'] as const),
]);

const OPENING: ReadonlySet<AttributeName> = new Set(['access_times', 'cps', 'per_source_cps', 'max_load', 'libwrap']);

const REASONS: { readonly [Name in AttributeName]?: string } = {
  cps: 'no pause that ends by itself; from systemd 255 on, PollLimitIntervalSec= and PollLimitBurst= slow callers down',
  per_source_cps: 'no rate for one address',
  max_load: 'the load is not looked at',
  access_times: 'sockets listen at any time; a timer that stops and starts the socket unit comes close',
  libwrap: 'hosts.allow and hosts.deny are not read',
  deny_time: 'there are no sensors',
  banner: 'nothing is sent before the server starts',
  banner_success: 'nothing is sent before the server starts',
  banner_fail: 'refused callers are closed without a word',
  log_type: 'what servers write goes to the socket, what systemd notes to the journal',
  log_on_success: 'the journal has a line for the start and one for the end of a unit, without these words',
  log_on_failure: 'refused callers leave no line; IPAddressDeny= drops their packets',
  proxy_protocol: 'systemd-socket-proxyd sends no PROXY header',
  env_style: 'REMOTE_ADDR and REMOTE_PORT are all that is told',
  reload_grace: 'a reload leaves running servers alone for ever',
};

/** Everything that is set for a service and gets no word in its units. */
export function unwritten(service: Service): readonly Loss[] {
  return SERVICE_ATTRIBUTES.filter(({ name }) => !WRITTEN.has(name)).flatMap(({ name }) => {
    const value = textOf(name, service.config[name]);
    if (service.origins[name] === undefined || value === textOf(name, FALLBACKS[name])) return [];
    return [lossOf(service, name, REASONS[name] ?? 'systemd has nothing like it', OPENING.has(name))];
  });
}

/** A loss of an attribute as it is set. */
export function lossOf(service: Service, attribute: AttributeName, reason: string, opens = false): Loss {
  const { config, origins } = service;
  const span = origins[attribute]?.span;
  const value = textOf(attribute, config[attribute]) ?? '';
  return { service: config.id, attribute, value, reason, opens, ...(span !== undefined && { span }) };
}

function textOf(name: AttributeName, value: unknown): string | undefined {
  return findAttribute(name)?.write(value);
}
