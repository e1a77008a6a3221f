// A service of xinetd becomes a socket and a service unit of systemd, as close as they come, with what is lost.
// Pure. Where a unit would serve strangers whom no_access names, or there is no counterpart, the service is refused.
// Source: systemd.socket(5), systemd.exec(5), systemd.resource-control(5).

import type { Service } from '../../config/service.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { lossOf, unwritten } from './losses.ts';
import type { Loss } from './losses.ts';
import { prefixOf, prefixText, withoutPrefixes } from './prefixes.ts';
import { serviceLines } from './service-lines.ts';
import type { UserGroups } from './service-lines.ts';
import { plainText, unitFile } from './unit-text.ts';
import type { UnitFile } from './unit-text.ts';

/** Units, or why there are none. */
export type Conversion =
  | { readonly kind: 'units'; readonly files: readonly UnitFile[]; readonly losses: readonly Loss[] }
  | { readonly kind: 'refused'; readonly service: Service; readonly reason: string };

/** What a unit needs beside the service. */
export interface ConversionContext {
  /** Without suffix; no other service has it. */
  readonly unit: string;
  /** The comment at the head of each file. */
  readonly origin: string;
  readonly groupsOf: UserGroups;
}

/** Converts one service. */
export function unitsOf(service: Service, { unit, origin, groupsOf }: ConversionContext): Conversion {
  const reason = reasonAgainst(service);
  if (reason !== undefined) return { kind: 'refused', service, reason };
  const access = accessLines(service);
  const { config } = service;
  const description = `Description=${plainText(service.name)}, as xinetd served it`;
  const program = serviceLines(service, groupsOf);
  const isAccepting = acceptsHere(config);
  const socket = unitFile(`${unit}.socket`, origin, [
    { name: 'Unit', lines: [description] },
    {
      name: 'Socket',
      lines: [...(pathLines(config) ?? listenLines(config)), ...limitLines(config, isAccepting), ...access.lines],
    },
    { name: 'Install', lines: ['WantedBy=sockets.target'] },
  ]);
  const unitLines = isAccepting ? ['CollectMode=inactive-or-failed'] : ['StartLimitIntervalSec=0'];
  const server = unitFile(`${unit}${isAccepting ? '@' : ''}.service`, origin, [
    { name: 'Unit', lines: [description, ...unitLines] },
    { name: 'Service', lines: program.lines },
  ]);
  const losses = [...access.losses, ...flagLosses(service), ...limitLosses(service), ...program.losses];
  return { kind: 'units', files: [socket, server], losses: [...losses, ...unwritten(service)] };
}

/** systemd accepts, and a server gets one connection; otherwise it gets the socket. */
function acceptsHere({ wait, redirect }: ServiceConfig): boolean {
  return !wait && redirect === undefined;
}

function reasonAgainst({ config }: Service): string | undefined {
  const { type, flags, socket_type, protocol, port, socket_path, instances } = config;
  if (flags.includes('SENSOR')) return 'a sensor has no counterpart';
  if (type.includes('INTERNAL')) return 'systemd has no built-in services';
  if (type.includes('RPC')) return 'systemd registers nothing with rpcbind';
  if (type.includes('TCPMUX') || type.includes('TCPMUXPLUS')) return 'systemd has no tcpmux';
  if (LISTEN[socket_type] === undefined || !['tcp', 'udp', 'sctp', 'unix'].includes(protocol.name)) {
    return `no ${socket_type} sockets of protocol ${protocol.name}`;
  }
  if (socket_path === undefined && port === 0) return 'it has no port';
  if (instances === 0) return 'it serves nobody';
  return reasonOfRules(config);
}

function reasonOfRules({ socket_path, only_from, no_access, proxy_from }: ServiceConfig): string | undefined {
  if (proxy_from !== undefined) return 'systemd reads no PROXY header (proxy_from)';
  if (socket_path !== undefined && (only_from !== undefined || no_access !== undefined))
    return 'systemd does not ask who calls a unix socket (only_from, no_access)';
  const name = no_access?.find((pattern) => prefixOf(pattern) === undefined);
  return name === undefined ? undefined : `systemd cannot refuse callers by name (no_access: ${name.text})`;
}

const LISTEN: { readonly [Type in ServiceConfig['socket_type']]?: string } = {
  stream: 'ListenStream',
  dgram: 'ListenDatagram',
  seqpacket: 'ListenSequentialPacket',
};

function listenLines(config: ServiceConfig): readonly string[] {
  const { socket_type, port, bind, flags, v6only, protocol } = config;
  const isIPv4 = flags.includes('IPv4');
  const [address = '', scope] = (bind?.address ?? (isIPv4 ? '0.0.0.0' : '::')).split('%');
  const endpoint = `${isIPv4 ? address : `[${address}]`}:${port}`;
  return [
    `${LISTEN[socket_type] ?? ''}=${scope === undefined ? endpoint : `${endpoint}%${scope}`}`,
    ...(isIPv4 ? [] : [`BindIPv6Only=${v6only ? 'ipv6-only' : 'both'}`]),
    ...(protocol.name === 'sctp' ? ['SocketProtocol=sctp'] : []),
    `Accept=${acceptsHere(config) ? 'yes' : 'no'}`,
    ...(config.free_bind ? ['FreeBind=yes'] : []),
    ...(flags.includes('KEEPALIVE') ? ['KeepAlive=yes'] : []),
    ...(flags.includes('NODELAY') ? ['NoDelay=yes'] : []),
  ];
}

/** undefined for a service with a port. */
function pathLines(config: ServiceConfig): readonly string[] | undefined {
  const { socket_type, socket_path, socket_mode, socket_user, socket_group } = config;
  if (socket_path === undefined) return undefined;
  return [
    `${LISTEN[socket_type] ?? ''}=${plainText(socket_path)}`,
    `SocketMode=0${socket_mode.toString(8).padStart(3, '0')}`,
    ...(socket_user === undefined ? [] : [`SocketUser=${socket_user.name}`]),
    ...(socket_group === undefined ? [] : [`SocketGroup=${socket_group.name}`]),
    `Accept=${acceptsHere(config) ? 'yes' : 'no'}`,
  ];
}

/** Over TriggerLimit= a socket is shut until somebody restarts it: off where every connection triggers. */
function limitLines({ instances, per_source }: ServiceConfig, isAccepting: boolean): readonly string[] {
  if (!isAccepting) return [];
  const perSource = Number.isFinite(per_source) ? [`MaxConnectionsPerSource=${per_source}`] : [];
  return [`MaxConnections=${Math.min(instances, NO_LIMIT)}`, ...perSource, 'TriggerLimitIntervalSec=0'];
}

const NO_LIMIT = 2 ** 31 - 1;

function limitLosses(service: Service): readonly Loss[] {
  const { config } = service;
  if (config.redirect === undefined || !Number.isFinite(config.per_source)) return [];
  return [lossOf(service, 'per_source', 'systemd-socket-proxyd does not count by address', true)];
}

function flagLosses(service: Service): readonly Loss[] {
  const { flags } = service.config;
  const lost: readonly (readonly [(typeof flags)[number], string, boolean])[] = [
    ['IDONLY', 'callers are not identified (IDONLY)', true],
    ['NORETRY', 'starting is tried again as systemd sees fit (NORETRY)', false],
    ['INTERCEPT', 'packets are not checked (INTERCEPT)', true],
  ];
  return lost
    .filter(([flag]) => flags.includes(flag))
    .map(([, reason, opens]) => lossOf(service, 'flags', reason, opens));
}

/** What only_from and no_access let through, written out; a name in only_from lets nobody in. */
function accessLines(service: Service): { readonly lines: readonly string[]; readonly losses: readonly Loss[] } {
  const { only_from, no_access = [] } = service.config;
  const denied = no_access.flatMap((pattern) => prefixOf(pattern) ?? []);
  if (only_from === undefined) {
    return { lines: denied.map((prefix) => `IPAddressDeny=${prefixText(prefix)}`), losses: [] };
  }
  const allowed = withoutPrefixes(
    only_from.flatMap((pattern) => prefixOf(pattern) ?? []),
    denied,
  );
  const names = only_from.filter((pattern) => prefixOf(pattern) === undefined);
  return {
    lines: ['IPAddressDeny=any', ...allowed.map((prefix) => `IPAddressAllow=${prefixText(prefix)}`)],
    losses: names.map(({ text, span }) => ({
      ...lossOf(service, 'only_from', 'callers are not known by name: nobody of this name is let in'),
      value: text,
      span,
    })),
  };
}
