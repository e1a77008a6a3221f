// The facts of one decision, gathered from the running daemon, and finding out those that are not known yet.
// Source: spec section 5.1.

import { loadavg } from 'node:os';
import { monotonicMs } from '../native/monotonic.ts';
import { needsHostName } from '../policy/address.ts';
import { wrappersNeed } from '../policy/hosts-access.ts';
import type { WrapperStep } from '../policy/hosts-effects.ts';
import type { HostName, PolicyRequest } from '../policy/request.ts';
import type { Source } from '../policy/source.ts';
import { sourceNetwork } from '../policy/source-rate.ts';
import { localMinuteNow } from './clock.ts';
import { UNKNOWN } from './confirm-name.ts';
import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';
import { takeStep, wrapperFacts } from './wrappers.ts';
import type { WrapperFindings } from './wrappers.ts';

/** What is asked about. */
export interface Question {
  readonly source: Source | undefined;
  readonly via?: Source | undefined;
  /** Of the connection or the socket; -1 where it says nothing about the peer. */
  readonly fd: number;
  /** What has been found out before. */
  readonly found: Findings;
  /** True when an earlier decision has counted the request. */
  readonly isCounted?: boolean;
}

interface Findings extends WrapperFindings {
  readonly hostName?: HostName;
  /** A command that should have decided did not come to an end. */
  readonly isUnanswered?: boolean;
}

/** Before anything has been found out. */
export const NOTHING_FOUND: Findings = { answers: [] };

/** Whose names are needed and not known. */
export interface MissingNames {
  readonly sources: readonly Source[];
  /** Whether only_from or no_access needs one. */
  readonly isForAccess: boolean;
}

/** What a verdict hangs on. */
export type Lack =
  | { readonly kind: 'tables' }
  | { readonly kind: 'names'; readonly missing: MissingNames }
  | { readonly kind: 'step'; readonly step: WrapperStep };

export interface Gathered {
  readonly request: PolicyRequest;
  readonly missing: MissingNames;
}

const UNNEEDED: HostName = { kind: 'unneeded' };
const NONE: MissingNames = { sources: [], isForAccess: false };

/** Everything the policy may look at. A name that is needed and not known is taken for unknown. */
export function gather(premises: Premises, operation: ServiceInOperation, question: Question): Gathered {
  const { source, fd, found } = question;
  const wrappers = wrapperFacts(premises, operation, fd, found);
  const facts = factsOf(premises, operation, question);
  const isForAccess = needsHostName(operation.equipment.access, source);
  if (wrappers === undefined)
    return isForAccess ? withNames(premises, facts, found, true) : { request: facts, missing: NONE };
  return withNames(premises, { ...facts, wrappers }, found, isForAccess);
}

function withNames(premises: Premises, request: PolicyRequest, found: Findings, isForAccess: boolean): Gathered {
  const { source, wrappers } = request;
  const isCallerAsked = found.hostName === undefined && (isForAccess || wrappersNeed(request).hostName);
  const named = isCallerAsked ? { ...request, hostName: knownName(premises, source) ?? UNKNOWN } : request;
  const server = found.serverName === undefined ? wrappers?.server : undefined;
  const isServerAsked = server !== undefined && wrappersNeed(named).serverName;
  if (!isCallerAsked && !isServerAsked) return { request, missing: NONE };
  const ends = [isCallerAsked ? source : undefined, isServerAsked ? server : undefined];
  const sources = ends.filter((end) => end !== undefined).filter((end) => knownName(premises, end) === undefined);
  const missing = { sources, isForAccess: isForAccess && isCallerAsked };
  return { request: isServerAsked ? withServerName(premises, named, server) : named, missing };
}

/** Finds out what a verdict hangs on. Never rejects. */
export async function findOut(
  premises: Premises,
  operation: ServiceInOperation,
  { source, fd, found }: Question,
  lack: Lack,
): Promise<Findings> {
  switch (lack.kind) {
    case 'tables':
      return { ...found, tables: await premises.hosts.current() };
    case 'names':
      return namesFound(premises, source, found, lack.missing);
    case 'step': {
      const { latest } = premises.hosts;
      const answer = await takeStep(premises, operation, lack.step, fd);
      if (answer === undefined) return { ...found, isUnanswered: true };
      return { ...(latest === undefined ? {} : { tables: latest }), ...found, answers: [...found.answers, answer] };
    }
  }
}

async function namesFound(
  premises: Premises,
  source: Source | undefined,
  found: Findings,
  { sources }: MissingNames,
): Promise<Findings> {
  const names = await Promise.all(sources.map(async (end) => ({ end, name: await premises.names.find(end) })));
  const hostName = names.find(({ end }) => end === source)?.name;
  const serverName = names.find(({ end }) => end !== source)?.name;
  return {
    ...found,
    ...(hostName === undefined ? {} : { hostName }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

function knownName(premises: Premises, source: Source | undefined): HostName | undefined {
  return source === undefined ? UNKNOWN : premises.names.known(source);
}

function withServerName(premises: Premises, request: PolicyRequest, server: Source): PolicyRequest {
  const { wrappers } = request;
  if (wrappers === undefined) return request;
  return { ...request, wrappers: { ...wrappers, serverName: knownName(premises, server) ?? UNKNOWN } };
}

/** Only facts that this service's configuration asks for are looked at: a clock or load average costs a system call. */
function factsOf(premises: Premises, operation: ServiceInOperation, question: Question): PolicyRequest {
  const { service, access } = operation.equipment;
  const { children, waiting } = premises;
  const { source, via, found, isCounted = false } = question;
  const { key } = operation;
  return {
    service,
    access,
    source,
    via,
    nowMs: monotonicMs(),
    localMinute: service.config.access_times === undefined ? 0 : localMinuteNow(),
    load: service.config.max_load === 0 ? undefined : loadavg()[0],
    runningServers: children.countOf(key) + waiting.countOf(key),
    runningFromSource:
      source === undefined ? 0 : children.countFrom(key, source.plain) + waiting.countFrom(key, source.plain),
    trackedServers: children.total + waiting.total,
    processLimit: premises.processLimit,
    rate: operation.rate,
    isCounted,
    sourceRate: source === undefined ? undefined : operation.sources?.of(sourceNetwork(source)),
    hostName: found.hostName ?? UNNEEDED,
    ...(premises.bans.book === undefined ? {} : { bans: premises.bans.book }),
  };
}
