// The reference's description of defaults and services, as `-d` and the state dump print it. Pure.
// Rows print themselves; here are only the order of the lines and what a row may know beside its value.
// Source: golden 036-dump; spec of the reference 10.3.

import { bindLiteral } from './attributes/endpoint-words.ts';
import { FALLBACKS, findAttribute } from './attributes/index.ts';
import type { ShowContext } from './attributes/row.ts';
import type { Defaults } from './merge.ts';
import type { ConfigPorts } from './ports.ts';
import type { Origin, Service } from './service.ts';
import type { ServiceConfig } from './service-config.ts';

/** Order of the lines; attributes that are not here are not shown (rlimit_*, max_load, banners, v6only). */
const SERVICE_LINES: readonly (keyof ServiceConfig)[] = [
  'id',
  'flags',
  'type',
  'socket_type',
  'protocol',
  'port',
  'instances',
  'wait',
  'user',
  'group',
  'groups',
  'umask',
  'nice',
  'cps',
  'per_source',
  'bind',
  'server',
  'server_args',
  'redirect',
  'libwrap',
  'rpc_number',
  'rpc_version',
  'access_times',
  'only_from',
  'no_access',
  'deny_time',
  'log_type',
  'log_on_success',
  'log_on_failure',
  'passenv',
  'env',
];

const DEFAULTS_LINES: readonly (keyof ServiceConfig)[] = [
  'instances',
  'groups',
  'umask',
  'cps',
  'per_source',
  'bind',
  'only_from',
  'no_access',
  'log_type',
  'log_on_success',
  'log_on_failure',
  'passenv',
  'env',
];

/** What the dump needs of the world. */
export type ShowPorts = Pick<ConfigPorts, 'hostName' | 'environment'>;

/** `Service configuration: NAME` and its lines, each but the first with a tab before it. */
export function showService(service: Service, ports: ShowPorts): readonly string[] {
  const { config, origins } = service;
  const facts = { config, origins, ports, own: 'service' } as const;
  return [`Service configuration: ${service.name}`, ...showLines(SERVICE_LINES, facts)];
}

/** `Service defaults` and its lines. */
export function showDefaults(defaults: Defaults, ports: ShowPorts): readonly string[] {
  const config: ServiceConfig = { ...FALLBACKS, ...defaults.values };
  const facts = { config, origins: defaults.origins, ports, own: 'defaults' } as const;
  return ['Service defaults', ...showLines(DEFAULTS_LINES, facts)];
}

interface Facts {
  readonly config: ServiceConfig;
  readonly origins: { readonly [Name in keyof ServiceConfig]?: Origin };
  readonly ports: ShowPorts;
  /** Which origin counts as written in this very entry. */
  readonly own: 'service' | 'defaults';
}

function showLines(order: readonly (keyof ServiceConfig)[], facts: Facts): readonly string[] {
  const surroundings = contextOf(facts);
  return order.flatMap((name) => {
    const isSetHere = facts.origins[name]?.from === facts.own;
    const lines = findAttribute(name)?.show?.(facts.config[name], { ...surroundings, isSetHere }) ?? [];
    return lines.map((line) => `\t${line}`);
  });
}

function contextOf(facts: Facts): Omit<ShowContext, 'isSetHere'> {
  const { config, ports, own } = facts;
  return {
    isDefaults: own === 'defaults',
    flags: config.flags,
    isLogged: config.log_type !== undefined,
    isInternal: config.type.includes('INTERNAL'),
    isRedirected: config.redirect !== undefined,
    isRpc: config.type.includes('RPC'),
    argv: argvOf(config),
    environment: changesEnvironment(facts) ? environmentOf(config, ports) : undefined,
    nameOf: (address) => hostNameOf(address, ports),
  };
}

function hostNameOf(address: string, ports: ShowPorts): string {
  const literal = bindLiteral(address, address);
  return literal === undefined ? address : (ports.hostName(literal.address) ?? literal.address);
}

function argvOf({ server, server_args, flags }: ServiceConfig): readonly string[] {
  if (flags.includes('NAMEINARGS') || server === undefined) return server_args;
  return [server.slice(server.lastIndexOf('/') + 1), ...server_args];
}

function changesEnvironment({ origins, own }: Facts): boolean {
  return origins.env?.from === own || origins.passenv?.from === own;
}

/** What passenv lets through, then env; a variable that is set again keeps its place. */
function environmentOf({ passenv, env }: ServiceConfig, ports: ShowPorts): readonly string[] {
  const passed = passenv && new Set(passenv);
  const base = ports.environment.filter((line) => passed?.has(nameOf(line)) !== false);
  const lines = new Map([...base, ...env].map((line) => [nameOf(line), line] as const));
  return [...lines.values()];
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf('='));
}
