// Carrying out a reload, in a numbered order (spec section 10.2; start is lenient, reload is strict).
// Until step 3 nothing that runs has been touched: the new services are ready and their sockets are bound.
// The configuration has been read and accepted by the caller.

import type { Service } from '../config/service.ts';
import { trimNow } from '../native/binding.ts';
import type { Endpoint } from '../net/endpoint.ts';
import { closeSocket, openEndpoint } from '../net/open.ts';
import type { OpenedSocket } from '../net/open.ts';
import { activate, closeListener, openLog, retire, takeUp } from './activate.ts';
import { TRIM_AFTER_MS, TRIM_AT_ONCE_KILOBYTES } from './clock.ts';
import { diffServices } from './diff.ts';
import type { ServiceDiff } from './diff.ts';
import { Futility } from './futility.ts';
import { limitGrace } from './grace.ts';
import { interceptAnew } from './intercept.ts';
import type { Premises } from './premises.ts';
import { reregisterRpc } from './rpc.ts';
import { equip, ServiceInOperation } from './service.ts';
import type { Equipment } from './service.ts';

const FUNC = 'hard_reconfig';

export interface ReloadResult {
  /** In configuration order. */
  readonly operations: readonly ServiceInOperation[];
  /** New services that could not be started. */
  readonly failed: readonly ServiceInOperation[];
}

/** A service of the new configuration with its socket, where one could be bound while the old ones are still open. */
interface Prepared {
  readonly equipment: Equipment;
  readonly socket: OpenedSocket | undefined;
}

/** The services in operation, with the number of their running servers. */
export function runningServices(
  { children }: Premises,
  running: readonly ServiceInOperation[],
): ReadonlyMap<Service, number> {
  return new Map(running.map(({ service, key }) => [service, children.countOf(key)]));
}

/** Everything goes on as it was; but the signal may have come from a rotation of logs. */
export function refuseReload(premises: Premises): void {
  premises.logs.reopen();
  trimNow(TRIM_AT_ONCE_KILOBYTES, TRIM_AFTER_MS);
  premises.log('warning', FUNC, 'reconfiguration failed');
}

/** Brings the running services into agreement with the new configuration. */
export async function applyReload(
  premises: Premises,
  running: readonly ServiceInOperation[],
  services: readonly Service[],
): Promise<ReloadResult> {
  const byService = new Map(running.map((operation) => [operation.service, operation]));
  const operationOf = (service: Service): ServiceInOperation => {
    const operation = byService.get(service);
    if (operation === undefined) throw new Error(`invariant: ${service.config.id} does not run`);
    return operation;
  };
  // 1. What changes?
  const diff = diffServices([...byService.keys()], services);
  // 2. Prepare: compile everything, bind every new socket that can be bound now.
  const prepared = prepare(premises, diff);
  // 3. Let go of what is no longer configured; its servers finish (differs: the reference kills them).
  premises.log('notice', FUNC, 'Swapping defaults');
  premises.logs.reopen();
  const after = new Map<Service, ServiceInOperation>();
  const dropped = new Set(diff.drop);
  const kept = new Map(diff.keep.map((pair) => [pair.before, pair]));
  const failed: ServiceInOperation[] = [];
  for (const before of byService.keys()) {
    if (dropped.has(before)) drop(premises, operationOf(before));
    const pair = kept.get(before);
    // 4. Give the services that go on their new settings, logs and, where it must be, socket.
    if (pair === undefined) continue;
    const operation = operationOf(before);
    premises.log('notice', 'readjust', `readjusting service ${operation.id}`);
    const change = { prepared: preparedOf(prepared, pair.after), isRebound: pair.isRebound };
    if (await readjust(premises, operation, change)) after.set(pair.after, operation);
    else failed.push(operation);
  }
  // 5. Start what is new.
  for (const service of diff.start) {
    const operation = await startPrepared(premises, preparedOf(prepared, service));
    if (operation.log === undefined) failed.push(operation);
    else after.set(service, operation);
  }
  // 6. Give back the memory of the old configuration (where somebody is being served, later), and say what happened.
  trimNow(TRIM_AT_ONCE_KILOBYTES, TRIM_AFTER_MS);
  const started = diff.start.filter((service) => after.has(service)).length;
  const counts = `new=${started} old=${diff.keep.length} dropped=${diff.drop.length}`;
  premises.log('notice', FUNC, `Reconfigured: ${counts} (services)`);
  return { operations: services.flatMap((service) => after.get(service) ?? []), failed };
}

function prepare(premises: Premises, diff: ServiceDiff): ReadonlyMap<Service, Prepared> {
  const prepared = new Map<Service, Prepared>();
  const add = (service: Service, needsSocket: boolean): void => {
    const equipment = equip(service, premises.world);
    const { endpoint } = equipment;
    const socket = needsSocket && endpoint !== undefined ? openQuietly(premises, service, endpoint) : undefined;
    prepared.set(service, { equipment, socket });
  };
  for (const { after: service, isRebound } of diff.keep) add(service, isRebound);
  for (const service of diff.start) add(service, true);
  return prepared;
}

/** What cannot be opened now is opened with all its messages once the old sockets are closed. */
function openQuietly(premises: Premises, { config }: Service, endpoint: Endpoint): OpenedSocket | undefined {
  const inherited = premises.inherited.open(config.id, endpoint);
  if (inherited !== undefined) return inherited;
  const opened = openEndpoint(endpoint, () => {});
  return opened.ok ? opened.socket : undefined;
}

function preparedOf(prepared: ReadonlyMap<Service, Prepared>, service: Service): Prepared {
  const found = prepared.get(service);
  if (found === undefined) throw new Error(`invariant: ${service.config.id} was not prepared`);
  return found;
}

function drop(premises: Premises, operation: ServiceInOperation): void {
  retire(premises, operation);
  limitGrace(premises, operation);
  premises.log('notice', 'svc_deactivate', `service ${operation.id} deactivated`);
}

/** A socket that could not be bound beside the old one is bound after that one is closed. False: it is out of operation. */
async function readjust(
  premises: Premises,
  operation: ServiceInOperation,
  change: { readonly prepared: Prepared; readonly isRebound: boolean },
): Promise<boolean> {
  const { prepared, isRebound } = change;
  const wasListening = operation.listener !== undefined;
  if (isRebound) closeListener(premises, operation);
  const before = operation.equipment;
  operation.equipment = prepared.equipment;
  operation.futility = new Futility();
  openLog(premises, operation);
  if (!isRebound || !wasListening) {
    releaseUnused(prepared);
    if (interceptAnew(premises, operation, before) && (await reregisterRpc(premises, operation))) return true;
  } else if (prepared.socket === undefined) return activate(premises, operation);
  else if (await takeUp(premises, operation, { ok: true, socket: prepared.socket })) return true;
  putOut(premises, operation);
  return false;
}

/** The service's `log` stays undefined where it could not be started. */
async function startPrepared(premises: Premises, { equipment, socket }: Prepared): Promise<ServiceInOperation> {
  const operation = new ServiceInOperation(equipment);
  if (socket === undefined) await activate(premises, operation);
  else if (!openLog(premises, operation)) closeSocket(socket);
  else if (!(await takeUp(premises, operation, { ok: true, socket }))) putOut(premises, operation);
  return operation;
}

function putOut(premises: Premises, operation: ServiceInOperation): void {
  closeListener(premises, operation);
  operation.log?.close();
  operation.log = undefined;
}

/** A service that is off for its rate binds anew when it comes back. */
function releaseUnused({ socket }: Prepared): void {
  if (socket !== undefined) closeSocket(socket);
}
