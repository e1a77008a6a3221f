// The [Service] section: which program runs, as whom, with what. Pure.
// The server gets the socket as standard input, output and error, as from xinetd; what it leaves running stays.

import type { Service } from '../../config/service.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { lossOf } from './losses.ts';
import type { Loss } from './losses.ts';
import { commandLine, environmentWord } from './unit-text.ts';

/** Names or numbers of the groups a user has beside the given one. */
export type UserGroups = (user: string, gid: number) => readonly number[];

export interface ServiceLines {
  readonly lines: readonly string[];
  readonly losses: readonly Loss[];
}

const PROXY = '/usr/lib/systemd/systemd-socket-proxyd';

/** The lines of a service, and what they lose. */
export function serviceLines(service: Service, groupsOf: UserGroups): ServiceLines {
  const { config } = service;
  if (config.redirect !== undefined) return { lines: proxyLines(config, config.redirect), losses: [] };
  const lines = [
    `ExecStart=-${program(config)}`,
    'StandardInput=socket',
    'StandardOutput=socket',
    'StandardError=socket',
    'KillMode=process',
    ...identityLines(config),
    ...environmentLines(config),
    ...resourceLines(config),
  ];
  return { lines, losses: [...groupLosses(service, groupsOf), ...environmentLosses(service)] };
}

/** With `@` the second word is the program's own name. */
function program({ server = '', server_args, flags }: ServiceConfig): string {
  const base = server.slice(server.lastIndexOf('/') + 1);
  const [name = base, ...args] = flags.includes('NAMEINARGS') ? server_args : [base, ...server_args];
  return name === base ? commandLine([server, ...args]) : `@${commandLine([server, name, ...args])}`;
}

function proxyLines(config: ServiceConfig, { host, family, port }: NonNullable<ServiceConfig['redirect']>) {
  const target = family === 'unix' ? host : `${family === 'ipv6' ? `[${host}]` : host}:${port}`;
  const most = Number.isFinite(config.instances) ? [`--connections-max=${config.instances}`] : [];
  return [`ExecStart=${commandLine([PROXY, ...most, target])}`, 'DynamicUser=yes'];
}

function identityLines({ user, group, umask, nice }: ServiceConfig): readonly string[] {
  return [
    ...(user === undefined ? [] : [`User=${user.name}`]),
    ...(group === undefined ? [] : [`Group=${group.name}`]),
    ...(umask === undefined ? [] : [`UMask=0${umask.toString(8)}`]),
    ...(nice === undefined ? [] : [`Nice=${Math.max(-20, Math.min(19, nice))}`]),
  ];
}

function environmentLines({ env, passenv }: ServiceConfig): readonly string[] {
  return [
    ...(passenv === undefined || passenv.length === 0 ? [] : [`PassEnvironment=${passenv.join(' ')}`]),
    ...env.map((word) => `Environment=${environmentWord(word)}`),
  ];
}

function environmentLosses(service: Service): readonly Loss[] {
  const { passenv } = service.config;
  if (passenv === undefined || passenv.length === 0) return [];
  return [lossOf(service, 'passenv', "PassEnvironment= takes the values of systemd's own environment")];
}

const LIMITS = [
  ['rlimit_as', 'LimitAS'],
  ['rlimit_cpu', 'LimitCPU'],
  ['rlimit_data', 'LimitDATA'],
  ['rlimit_rss', 'LimitRSS'],
  ['rlimit_stack', 'LimitSTACK'],
  ['rlimit_files', 'LimitNOFILE'],
] as const;

function resourceLines(config: ServiceConfig): readonly string[] {
  return LIMITS.flatMap(([name, limit]) => {
    const value = config[name];
    if (value === undefined) return [];
    return [`${limit}=${Number.isFinite(value) ? value : 'infinity'}`];
  });
}

/** systemd gives a server all groups of its user. */
function groupLosses(service: Service, groupsOf: UserGroups): readonly Loss[] {
  const { user, group, groups } = service.config;
  if (user === undefined || groups) return [];
  const gid = group?.gid ?? user.gid;
  const others = groupsOf(user.name, gid).filter((other) => other !== gid);
  return others.length === 0 ? [] : [lossOf(service, 'groups', `the server has all groups of ${user.name}`)];
}
