// Connections per second: a counter over a window of whole seconds, as the reference counts.
// Pure reducer. The window is as many seconds long as the rate allows connections (spec: the reference's own
// arithmetic), so in the first second the (rate + 1)-th request trips it.
// Source: xinetd.conf(5) cps; compat/004-cps.

import type { ConnectionRate } from '../config/attributes/values.ts';
import type { PolicyRequest } from './request.ts';
import type { Denial } from './verdict.ts';

/** What a service remembers of its rate. */
export interface RateState {
  readonly count: number;
  readonly windowStartSecond: number;
}

/** A service that has not been asked for yet. */
export const NO_RATE: RateState = { count: 0, windowStartSecond: 0 };

/** Counts one request. */
export function countRequest(rate: RateState, limit: ConnectionRate, nowMs: number): RateState {
  if (limit.connections === 0) return rate;
  const second = Math.floor(nowMs / 1000);
  const isFresh = rate.count === 0 || second - rate.windowStartSecond >= limit.connections;
  if (isFresh) return { count: 1, windowStartSecond: second };
  return { count: rate.count + 1, windowStartSecond: rate.windowStartSecond };
}

/** Denies the request that makes the average of the window exceed the rate; the service then goes off. */
export function cpsCheck(request: PolicyRequest, rate: RateState): Denial | undefined {
  const { connections, waitSeconds } = request.service.config.cps;
  if (connections === 0 || request.isCounted === true) return undefined;
  const ageSeconds = Math.max(Math.floor(request.nowMs / 1000) - rate.windowStartSecond, 1);
  if (Math.floor(rate.count / ageSeconds) <= connections) return undefined;
  return {
    reason: 'connections per second',
    rule: request.service.origins.cps?.span,
    disableSeconds: waitSeconds,
  };
}
