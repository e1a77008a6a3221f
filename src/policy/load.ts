// max_load: no new server while the machine is busy. Pure.
// A load that cannot be read passes, as in the reference.

import type { PolicyRequest } from './request.ts';
import { NO_ADDRESS } from './source.ts';
import type { Denial } from './verdict.ts';

/** Denies when the one-minute load average has reached max_load. */
export function loadCheck(request: PolicyRequest): Denial | undefined {
  const { max_load } = request.service.config;
  if (max_load <= 0 || request.load === undefined || request.load < max_load) return undefined;
  const address = request.source?.text ?? NO_ADDRESS;
  return {
    reason: 'load',
    rule: request.service.origins.max_load?.span,
    notes: [{ level: 'error', text: `refused connect from ${address} due to excessive load` }],
  };
}
