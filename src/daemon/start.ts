// The services of a fresh configuration are brought into operation, one after the other; one that cannot be started is left
// out, and the others live. Inherited sockets that are no service's are closed. Source: spec section 4.4.

import type { Service } from '../config/service.ts';
import { activate } from './activate.ts';
import type { Premises } from './premises.ts';
import { equip, ServiceInOperation } from './service.ts';

/** Both in configuration order. */
export interface StartResult {
  readonly operations: readonly ServiceInOperation[];
  readonly failed: readonly ServiceInOperation[];
}

/** Starts all services. */
export async function startServices(
  premises: Premises,
  services: readonly Service[],
  isDebug: boolean,
): Promise<StartResult> {
  const operations: ServiceInOperation[] = [];
  const failed: ServiceInOperation[] = [];
  // Equipped before the first one listens: what takes long has been done then.
  const equipped = services.map((service) => new ServiceInOperation(equip(service, premises.world)));
  premises.inherited.expect(equipped.map(({ id }) => id));
  for (const operation of equipped) {
    const isUp = await activate(premises, operation);
    (isUp ? operations : failed).push(operation);
    if (isUp && isDebug) premises.log('debug', 'cnf_start_services', `Started service: ${operation.id}`);
  }
  premises.inherited.releaseUnused();
  return { operations, failed };
}
