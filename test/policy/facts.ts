// Services, sources and requests for policy tests: a permissive default, altered field by field.

import type { AddressPattern, IPv6Words } from '../../src/config/attributes/values.ts';
import type { Service } from '../../src/config/service.ts';
import type { ServiceConfig } from '../../src/config/service-config.ts';
import { sourceText } from '../../src/config/source.ts';
import type { Span } from '../../src/config/source.ts';
import { compileAccess } from '../../src/policy/address.ts';
import { NO_RATE } from '../../src/policy/cps.ts';
import type { PolicyRequest } from '../../src/policy/request.ts';
import { sourceOf } from '../../src/policy/source.ts';
import type { Source } from '../../src/policy/source.ts';

const FILE = sourceText('/etc/xinetd.conf', '');

export function spanAt(start: number): Span {
  return { source: FILE, start, end: start + 1 };
}

const CONFIG: ServiceConfig = {
  id: 'svc',
  type: [],
  flags: [],
  disable: false,
  socket_type: 'stream',
  protocol: { name: 'tcp', number: 6 },
  wait: false,
  port: 7000,
  bind: undefined,
  v6only: false,
  free_bind: false,
  socket_path: undefined,
  socket_mode: 0o600,
  socket_user: undefined,
  socket_group: undefined,
  user: undefined,
  group: undefined,
  groups: false,
  umask: undefined,
  nice: undefined,
  server: '/bin/true',
  server_args: [],
  env: [],
  passenv: undefined,
  env_style: [],
  instances: Infinity,
  idle_timeout: 20,
  per_source: Infinity,
  cps: { connections: 0, waitSeconds: 10 },
  per_source_cps: Infinity,
  reload_grace: Infinity,
  max_load: 0,
  only_from: undefined,
  no_access: undefined,
  access_times: undefined,
  libwrap: undefined,
  deny_time: 0,
  log_type: undefined,
  log_format: 'text',
  log_address: 'full',
  log_on_success: [],
  log_on_failure: [],
  banner: undefined,
  banner_success: undefined,
  banner_fail: undefined,
  redirect: undefined,
  proxy_protocol: undefined,
  proxy_from: undefined,
  rpc_version: undefined,
  rpc_number: undefined,
  rlimit_as: undefined,
  rlimit_cpu: undefined,
  rlimit_data: undefined,
  rlimit_rss: undefined,
  rlimit_stack: undefined,
  rlimit_files: undefined,
};

export function serviceWith(config: Partial<ServiceConfig>, origins: Service['origins'] = {}): Service {
  return { name: 'svc', config: { ...CONFIG, ...config }, origins, span: spanAt(0), isInetd: false };
}

export function requestWith(config: Partial<ServiceConfig>, facts: Partial<PolicyRequest> = {}): PolicyRequest {
  const service = facts.service ?? serviceWith(config);
  return {
    service,
    access: facts.access ?? compileAccess(service.config),
    source: ipv4('192.0.2.1'),
    nowMs: 1_000_000,
    localMinute: 720,
    load: 0,
    runningServers: 0,
    runningFromSource: 0,
    trackedServers: 0,
    processLimit: Infinity,
    rate: NO_RATE,
    hostName: { kind: 'unneeded' },
    ...facts,
  };
}

export function ipv4Number(text: string): number {
  return text.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);
}

export function ipv4(text: string): Source {
  return sourceOf(4, 40_000, text, [ipv4Number(text), 0, 0, 0]);
}

export function mapped(text: string): Source {
  return sourceOf(6, 40_000, `::ffff:${text}`, [0, 0, 0xffff, ipv4Number(text)]);
}

export function ipv6(words: IPv6Words): Source {
  return sourceOf(6, 40_000, words.map((word) => word.toString(16)).join('_'), words);
}

/** `a.b.c.d/bits` as a rule of a list; `place` tells rules apart. */
export function ipv4Rule(text: string, place = 0): AddressPattern {
  const [address = '', bits = '32'] = text.split('/');
  const mask = bits === '0' ? 0 : (0xffffffff << (32 - Number(bits))) >>> 0;
  return { kind: 'ipv4', form: 'net', text, span: spanAt(place), address: ipv4Number(address), mask };
}

export function ipv6Rule(words: IPv6Words, prefix: number, place = 0): AddressPattern {
  return { kind: 'ipv6', form: 'net', text: 'ipv6', span: spanAt(place), words, prefix };
}

export function hostRule(name: string, place = 0): AddressPattern {
  return { kind: 'host', text: name, span: spanAt(place), name };
}

export function domainRule(suffix: string, place = 0): AddressPattern {
  return { kind: 'domain', text: suffix, span: spanAt(place), suffix };
}
