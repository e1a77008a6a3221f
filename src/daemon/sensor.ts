// What follows when a sensor is touched: its caller may be banned from every service for the sensor's deny_time.
// differs: D56, only who has completed a handshake is banned: anybody can send a datagram in somebody else's name.

import type { Source } from '../policy/source.ts';
import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

/** Bans the caller of a sensor; for a caller that other services refuse by its ban nothing changes. */
export function rememberCaller(premises: Premises, operation: ServiceInOperation, source: Source | undefined): void {
  const { config } = operation.service;
  const isSensor = config.flags.includes('SENSOR');
  const isProven = operation.equipment.endpoint?.arrival === 'connection';
  if (isSensor && isProven && source !== undefined) premises.bans.hit(source, config.deny_time);
}
