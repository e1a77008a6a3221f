// per_source_cps: requests per second of one source, so that a flooder is refused and the service goes on for others.
// Pure reducer: a bucket holds as many tokens as the rate, fills at the rate, and each request that is not refused takes
// one. What is refused here does not count towards `cps`, which would shut the service for everybody.
// differs: D57, the reference knows `cps` alone.

import type { PolicyRequest } from './request.ts';
import type { Source } from './source.ts';
import type { Denial } from './verdict.ts';

/** What is remembered of a source that has called a service. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** IPv4 by the address, IPv6 by its /64: one host has as many addresses as it likes there. */
export function sourceNetwork({ family, words, plain }: Source): string {
  return family === 4 ? plain : `${words[0].toString(16)}:${words[1].toString(16)}::/64`;
}

/** True where this service counts this caller: the sender of a datagram may be forged and is not counted. */
export function isCountedBySource({ service, source }: Pick<PolicyRequest, 'service' | 'source'>): boolean {
  const { per_source_cps, socket_type } = service.config;
  return per_source_cps !== Infinity && source !== undefined && socket_type === 'stream';
}

/** The tokens there are now, before this request takes one. */
export function tokensNow(bucket: Bucket | undefined, rate: number, nowMs: number): number {
  if (bucket === undefined) return rate;
  return Math.min(bucket.tokens + (Math.max(nowMs - bucket.atMs, 0) * rate) / 1000, rate);
}

/** The bucket with this request's token taken, where there was one; undefined where nothing is counted. */
export function bucketAfter(request: PolicyRequest): Bucket | undefined {
  if (!isCountedBySource(request) || request.isCounted === true) return undefined;
  const tokens = tokensNow(request.sourceBucket, request.service.config.per_source_cps, request.nowMs);
  return { tokens: tokens < 1 ? tokens : tokens - 1, atMs: request.nowMs };
}

/** Denies a source that has called too often in the last second; the service stays up. */
export function perSourceCpsCheck(request: PolicyRequest): Denial | undefined {
  if (!isCountedBySource(request) || request.isCounted === true) return undefined;
  const { config, origins } = request.service;
  if (tokensNow(request.sourceBucket, config.per_source_cps, request.nowMs) >= 1) return undefined;
  return { reason: 'connections per second', rule: origins.per_source_cps?.span };
}
