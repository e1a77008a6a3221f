// access_times: the hours of the day at which a service answers. Pure.
// Minute resolution, both ends inclusive, no interval crosses midnight.

import type { PolicyRequest } from './request.ts';
import type { Denial } from './verdict.ts';

/** Denies outside every interval. */
export function timesCheck(request: PolicyRequest): Denial | undefined {
  const { access_times } = request.service.config;
  if (access_times === undefined) return undefined;
  const { localMinute } = request;
  const isOpen = access_times.some(
    ({ startMinute, endMinute }) => startMinute <= localMinute && localMinute <= endMinute,
  );
  return isOpen ? undefined : { reason: 'time', rule: request.service.origins.access_times?.span };
}
