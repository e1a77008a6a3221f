// SENSOR services serve nobody, and whoever touched one may be banned from every service for deny_time.
// Pure: the book of bans is an interface, filled by the daemon with a bounded table.

import type { PolicyRequest } from './request.ts';
import type { Source } from './source.ts';
import type { Denial } from './verdict.ts';

/** The bans now in force, by exact address (an IPv4-mapped address is its IPv4 address). */
export interface BanBook {
  readonly isBanned: (source: Source, nowMs: number) => boolean;
  /** `untilMs` Infinity = FOREVER. False: the book is full. */
  readonly ban: (source: Source, untilMs: number) => boolean;
  /** Forgets what has run out and says how many. */
  readonly expire: (nowMs: number) => number;
}

/** Denies whoever is banned, and everybody at a sensor. */
export function sensorCheck(request: PolicyRequest): Denial | undefined {
  const { source, bans, nowMs, service } = request;
  if (source !== undefined && bans?.isBanned(source, nowMs) === true) return { reason: 'address' };
  if (!service.config.flags.includes('SENSOR')) return undefined;
  return { reason: 'address', rule: service.origins.flags?.span };
}
