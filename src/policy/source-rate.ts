// per_source_cps: connections per second of one source, so that a flooder is refused and the service goes on for others.
// Pure reducer. Counted as cps counts (cps.ts) and in the same window, so that one source can never use up more of cps
// than its share; what is refused here counts towards neither.
// differs: D57, the reference knows `cps` alone.

import { countRequest, NO_RATE } from './cps.ts';
import type { RateState } from './cps.ts';
import type { PolicyRequest } from './request.ts';
import type { Source } from './source.ts';
import type { Denial } from './verdict.ts';

/** What a source's count hangs on. */
export type SourceRateFacts = Pick<PolicyRequest, 'service' | 'nowMs' | 'rate' | 'sourceRate'>;

/** IPv4 by the address, a unix socket's caller by its user, IPv6 by its /64: one host has as many addresses as it likes there. */
export function sourceNetwork({ family, words, plain }: Source): string {
  return family !== 6 ? plain : `${words[0].toString(16)}:${words[1].toString(16)}::/64`;
}

/** What to remember of the source after this request; undefined where nothing changes. */
export function sourceRateAfter(request: PolicyRequest): RateState | undefined {
  if (!isCountedBySource(request) || connectionsLeft(request) === 0) return undefined;
  const { count, windowStartSecond } = currentWindow(request);
  return { count: count + 1, windowStartSecond };
}

/** Denies a source that has used its share; the service stays up. */
export function perSourceCpsCheck(request: PolicyRequest): Denial | undefined {
  if (!isCountedBySource(request) || connectionsLeft(request) > 0) return undefined;
  return { reason: 'connections per second', rule: request.service.origins.per_source_cps?.span };
}

/** How many connections the source may make at once; Infinity where nobody counts. */
export function connectionsLeft(facts: SourceRateFacts): number {
  const { per_source_cps } = facts.service.config;
  if (per_source_cps === Infinity) return Infinity;
  const { count, windowStartSecond } = currentWindow(facts);
  const ageSeconds = Math.max(Math.floor(facts.nowMs / 1000) - windowStartSecond, 1);
  return Math.max((per_source_cps + 1) * ageSeconds - 1 - count, 0);
}

/** What is remembered of a source that may make so many connections more. */
export function rateWithLeft(facts: SourceRateFacts, left: number): RateState {
  const untouched = { ...facts, sourceRate: undefined };
  return { ...currentWindow(untouched), count: connectionsLeft(untouched) - left };
}

/** The sender of a datagram may be forged and is not counted; nor is a request that has been counted before. */
function isCountedBySource({ service, source, isCounted }: PolicyRequest): boolean {
  const { per_source_cps, socket_type } = service.config;
  return per_source_cps !== Infinity && source !== undefined && socket_type === 'stream' && isCounted !== true;
}

/** The window that this request would fall in, and what the source has made of it so far. */
function currentWindow({ service, nowMs, rate, sourceRate = NO_RATE }: SourceRateFacts): RateState {
  const { cps, per_source_cps } = service.config;
  const isTied = cps.connections !== 0;
  const { windowStartSecond } = isTied
    ? countRequest(rate, cps, nowMs)
    : countRequest(sourceRate, { connections: per_source_cps, waitSeconds: 0 }, nowMs);
  const isSame = sourceRate.count > 0 && sourceRate.windowStartSecond === windowStartSecond;
  return { count: isSame ? sourceRate.count : 0, windowStartSecond };
}
