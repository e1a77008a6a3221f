// How many servers may run: of a service (instances), for one source (per_source), in all (-limit).
// Pure. Servers are counted by address, ports ignored; services served inside the daemon never count as running.

import type { PolicyRequest } from './request.ts';
import type { Denial } from './verdict.ts';

/** Denies when the service runs as many servers as `instances` allows. */
export function instancesCheck(request: PolicyRequest): Denial | undefined {
  const { config, origins } = request.service;
  if (request.runningServers < config.instances) return undefined;
  return { reason: 'service_limit', rule: origins.instances?.span };
}

/** Denies when this source holds as many servers as `per_source` allows; an unknown source passes. */
export function perSourceCheck(request: PolicyRequest): Denial | undefined {
  const { config, origins } = request.service;
  if (request.source === undefined || request.runningFromSource < config.per_source) return undefined;
  return { reason: 'per_source_limit', rule: origins.per_source?.span };
}

/** Denies when one more server would exceed `-limit`. */
export function processLimitCheck(request: PolicyRequest): Denial | undefined {
  if (request.processLimit === Infinity) return undefined;
  if (request.trackedServers < request.processLimit) return undefined;
  return { reason: 'process_limit' };
}
