// The services of a fresh configuration are brought into operation, one after the other; one that cannot be started is left
// out, and the others live. What an earlier program of this process handed over is taken up first; inherited sockets that are
// no service's are closed. Source: spec section 4.4.

import type { Service } from '../config/service.ts';
import { monotonicMs } from '../native/monotonic.ts';
import { activate, enableLater, openLog } from './activate.ts';
import { counted } from './counted.ts';
import type { HandedServer, Handover } from './handover.ts';
import type { Premises } from './premises.ts';
import { equip, ServiceInOperation } from './service.ts';
import { adoptLeftServers, adoptServers, byServiceKey, distribute, inherit } from './takeover.ts';
import type { Legacy } from './takeover.ts';

/** Both in configuration order. */
export interface StartResult {
  readonly operations: readonly ServiceInOperation[];
  readonly failed: readonly ServiceInOperation[];
}

/** What an earlier program of this process has left, on purpose or by crashing. */
export interface Predecessor {
  readonly handover: Handover | undefined;
  readonly survivors: readonly HandedServer[];
}

export interface StartOptions extends Predecessor {
  readonly isDebug: boolean;
}

/** Starts all services. */
export async function startServices(
  premises: Premises,
  services: readonly Service[],
  { isDebug, handover, survivors }: StartOptions,
): Promise<StartResult> {
  const legacies = handover === undefined ? undefined : distribute(premises, handover, services);
  const operations: ServiceInOperation[] = [];
  const failed: ServiceInOperation[] = [];
  const served = new Set<string>();
  const left = new Map(byServiceKey(survivors));
  // Equipped before the first one listens: what takes long has been done then.
  const equipped = services.map((service) => new ServiceInOperation(equip(service, premises.world)));
  premises.inherited.expect(equipped.map(({ id }) => id));
  for (const operation of equipped) {
    const legacy = legacies?.get(operation.service);
    const orphans = takeOrphans(left, operation);
    const isUp = await begin(premises, operation, legacy);
    if (isUp && legacy !== undefined) {
      adoptServers(premises, operation, legacy.servers);
      served.add(legacy.handed.key);
    }
    if (isUp) adoptServers(premises, operation, orphans);
    else operation.state = 'not started';
    (isUp ? operations : failed).push(operation);
    if (isUp && isDebug) premises.log('debug', 'cnf_start_services', `Started service: ${operation.id}`);
  }
  if (survivors.length > 0)
    premises.log('notice', 'crash_restart', `took over ${counted(premises.children.total, 'running server')}`);
  if (handover !== undefined) adoptLeftServers(premises, handover, served);
  else premises.inherited.releaseUnused((name) => premises.supervisor.forgetName(name));
  return { operations, failed };
}

/** Each belongs to one service; a server that waits has the socket. */
function takeOrphans(
  left: Map<string, readonly HandedServer[]>,
  operation: ServiceInOperation,
): readonly HandedServer[] {
  const id = operation.id.toLowerCase();
  const { wait } = operation.service.config;
  const orphans = left.get(id) ?? [];
  left.delete(id);
  const hasSocket = wait && orphans.length > 0 && operation.equipment.endpoint !== undefined;
  if (hasSocket) operation.state = 'suspended';
  return orphans.map((orphan) => ({ ...orphan, hasSocket }));
}

/** A service that was off for its rate stays off until its time is over. */
async function begin(premises: Premises, operation: ServiceInOperation, legacy: Legacy | undefined): Promise<boolean> {
  if (legacy === undefined) return activate(premises, operation);
  inherit(operation, legacy);
  if (legacy.handed.state !== 'disabled') return activate(premises, operation, legacy.socket);
  if (!openLog(premises, operation)) return false;
  enableLater(premises, operation, Math.max(legacy.handed.enableAtMs - monotonicMs(), 0));
  return true;
}
