// Loads configuration text in a small made-up world: a few users, services and one executable.

import type { Diagnostic } from '../../src/config/diagnostic.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { LoadedConfig } from '../../src/config/load.ts';
import type { ConfigPorts, FileStatus } from '../../src/config/ports.ts';
import type { Service } from '../../src/config/service.ts';
import type { ServiceConfig } from '../../src/config/service-config.ts';
import { placeOf } from '../../src/config/source.ts';
import { fakePorts } from './fake-ports.ts';

const FILE: FileStatus = { kind: 'file', mode: 0o755, uid: 0, gid: 0, isExecutable: true };
const PATHS: ReadonlyMap<string, FileStatus> = new Map([
  ['/bin/cat', FILE],
  ['/bin/echo', FILE],
  ['/bin', { ...FILE, kind: 'directory' }],
  ['/etc/passwd', { ...FILE, isExecutable: false }],
]);

const SERVICES: readonly (readonly [name: string, port: number, ...protocols: string[]])[] = [
  ['echo', 7, 'tcp', 'udp'],
  ['discard', 9, 'tcp', 'udp'],
  ['daytime', 13, 'tcp', 'udp'],
  ['ftp', 21, 'tcp'],
  ['tftp', 69, 'udp'],
  ['http', 80, 'tcp'],
  ['auth', 113, 'tcp'],
];

const HOSTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['localhost', ['127.0.0.1', '::1']],
  ['six.example', ['2001:db8::6']],
  ['broken.example', ['nonsense']],
]);

/** The made-up world around one main file, `/x.conf`. */
export function smallWorld(text: string, change: Partial<ConfigPorts> = {}): ConfigPorts {
  return fakePorts(
    { '/x.conf': text },
    {
      stat: (path) => PATHS.get(path),
      lookupService: (name, protocol) => {
        const found = SERVICES.find(([known, , ...protocols]) => known === name && protocols.includes(protocol));
        return found && { name, port: found[1], protocol, aliases: [] };
      },
      serviceNames: () => SERVICES.map(([name]) => name),
      lookupRpc: (name) => (name === 'rusersd' ? { name, number: 100_002, aliases: [] } : undefined),
      lookupHosts: (name) => HOSTS.get(name) ?? [],
      hostName: (address) => (address === '127.0.0.1' || address === '::1' ? 'localhost' : undefined),
      lookupNetwork: (name) =>
        new Map([
          ['loopback', 0x7f00_0000],
          ['default', 0],
        ]).get(name),
      environment: ['PATH=/bin', 'HOME=/root', 'LANG=C'],
      ...change,
    },
  );
}

/** Loads text as the main file. */
export function loadText(text: string, change: Partial<ConfigPorts> = {}): LoadedConfig {
  return loadConfig({ path: '/x.conf', baseDirectory: '/' }, smallWorld(text, change));
}

/** A finding as `line:column code`, or the code alone where it has no place. */
export function place({ code, span }: Diagnostic): string {
  if (span === undefined) return code;
  const { line, column } = placeOf(span.source, span.start);
  return `${line}:${column} ${code}`;
}

/** Codes of all findings in order. */
export function codesOf({ diagnostics }: Pick<LoadedConfig, 'diagnostics'>): readonly string[] {
  return diagnostics.map(({ code }) => code);
}

const BASIC = [
  'type = UNLISTED',
  'socket_type = stream',
  'port = 40001',
  'wait = no',
  'user = root',
  'server = /bin/cat',
];

/** The text of an external service; a line of `change` takes the place of the basic one of its name. */
export function serviceText(change: readonly string[] = [], name = 't1'): string {
  const changed = new Set(change.map((line) => line.split(' ', 1)[0]));
  const lines = [...BASIC.filter((line) => !changed.has(line.split(' ', 1)[0])), ...change];
  return [`service ${name}`, '{', ...lines.filter((line) => !line.endsWith('= -')), '}', ''].join('\n');
}

/** The text of a defaults block. */
export function defaultsText(...lines: readonly string[]): string {
  return ['defaults', '{', ...lines, '}', ''].join('\n');
}

/** The only service of a configuration that is expected to load. */
export function onlyService(loaded: LoadedConfig): Service {
  const [service, ...others] = loaded.services;
  if (service === undefined || others.length > 0) throw new Error(`services: ${codesOf(loaded).join(' ')}`);
  return service;
}

/** The values of a service with the given lines. */
export function configOf(lines: readonly string[], change: Partial<ConfigPorts> = {}): ServiceConfig {
  return onlyService(loadText(serviceText(lines), change)).config;
}
