// The request that a caller would make: from the configuration, and from what a running daemon says of its limits. Pure.

import type { Service } from '../config/service.ts';
import { endpointOf } from '../net/endpoint.ts';
import { compileAccess, needsHostName } from '../policy/address.ts';
import { NO_RATE } from '../policy/cps.ts';
import { asksWrappers, wrappersNeed } from '../policy/hosts-access.ts';
import type { WrapperFacts } from '../policy/hosts-access.ts';
import type { HostsTables } from '../policy/hosts-access-parse.ts';
import type { PolicyRequest } from '../policy/request.ts';
import { sourceOf } from '../policy/source.ts';
import type { Source } from '../policy/source.ts';
import { rateWithLeft } from '../policy/source-rate.ts';
import { sourceOfText } from './plain-address.ts';

export interface AccessQuestion {
  readonly address: string;
  /** The proxy through which the caller comes; undefined: one of those that may be. */
  readonly via?: string | undefined;
  /** Taken as confirmed; undefined: the caller's name cannot be found. */
  readonly hostName?: string | undefined;
  /** Minutes since midnight; undefined: some time at which the service is open. */
  readonly minute?: number | undefined;
  /** hosts.allow and hosts.deny; undefined: they are not looked at. */
  readonly tables?: HostsTables | undefined;
  /** What a running daemon says; undefined: nothing runs and nobody is banned. */
  readonly live?: LiveFacts | undefined;
}

/** What the control socket answers to `facts`, as far as it is looked at here; null is none or for ever. */
export interface LiveFacts {
  readonly state: string;
  readonly instances: { readonly running: number };
  readonly perSource: { readonly running: number };
  readonly cps: { readonly counted: number; readonly windowSeconds: number };
  readonly perSourceCps: { readonly left: number | null };
  readonly processLimit: { readonly running: number; readonly limit: number | null };
  readonly load: number;
  readonly banLeftSeconds: number | null;
}

/** Some second that is not the first. */
const NOW_SECOND = 1_000_000;
/** Commands of hosts.allow and hosts.deny are taken to succeed; a rule has no more of them. */
const ANSWERS: readonly boolean[] = Array.from({ length: 64 }, () => true);

/** The request of a caller whose plain address is known. */
export function requestOf(service: Service, question: AccessQuestion, address: string): PolicyRequest {
  const { config } = service;
  const { hostName, minute, live } = question;
  const request: PolicyRequest = {
    service,
    access: compileAccess(config),
    source: sourceFor(service, address),
    via: question.via === undefined ? undefined : sourceOfText(question.via),
    nowMs: NOW_SECOND * 1000,
    localMinute: minute ?? config.access_times?.[0]?.startMinute ?? 0,
    load: undefined,
    runningServers: 0,
    runningFromSource: 0,
    trackedServers: 0,
    processLimit: Infinity,
    rate: NO_RATE,
    hostName: hostName === undefined ? { kind: 'unneeded' } : { kind: 'known', name: hostName },
    ...wrappersOf(service, question),
  };
  const named = withName(request);
  return live === undefined ? named : withLife(named, live);
}

/** Without a name, one that is needed is unknown. */
function withName(request: PolicyRequest): PolicyRequest {
  if (request.hostName.kind !== 'unneeded') return request;
  const isNeeded = needsHostName(request.access, request.source) || wrappersNeed(request).hostName;
  return isNeeded ? { ...request, hostName: { kind: 'unknown' } } : request;
}

function wrappersOf({ config }: Service, { tables }: AccessQuestion): { readonly wrappers?: WrapperFacts } {
  if (tables === undefined || !asksWrappers(config) || config.socket_path !== undefined) return {};
  const isRoot = (config.user?.uid ?? 0) === 0;
  return { wrappers: { tables, server: undefined, serverName: undefined, pid: 0, isRoot, answers: ANSWERS } };
}

function withLife(request: PolicyRequest, live: LiveFacts): PolicyRequest {
  const { instances, perSource, processLimit, load, cps, perSourceCps, banLeftSeconds } = live;
  const isFresh = cps.counted === 0;
  const counted: PolicyRequest = {
    ...request,
    load,
    runningServers: instances.running,
    runningFromSource: perSource.running,
    trackedServers: processLimit.running,
    processLimit: processLimit.limit ?? Infinity,
    rate: isFresh ? NO_RATE : { count: cps.counted, windowStartSecond: NOW_SECOND - cps.windowSeconds },
    bans: { isBanned: () => banLeftSeconds !== 0, ban: () => false, expire: () => 0 },
  };
  const { left } = perSourceCps;
  return left === null ? counted : { ...counted, sourceRate: rateWithLeft(counted, left) };
}

/**
 * As the service's own socket, or a proxy, would show the caller; undefined where nobody checks the connection that
 * the server accepts itself.
 */
function sourceFor({ config }: Service, address: string): Source | undefined {
  const endpoint = endpointOf(config);
  if (endpoint?.arrival === 'listener' && !config.flags.includes('INTERCEPT')) return undefined;
  const plain = sourceOfText(address);
  if (config.proxy_from !== undefined) return plain;
  const isMapped = plain.family === 4 && endpoint?.spec.family === 'ipv6' && !endpoint.spec.isV6Only;
  return isMapped ? sourceOf(6, 0, `::ffff:${address}`, [0, 0, 0xffff, plain.words[0]]) : plain;
}
