// The server of a `wait = yes` service has ended: its socket is listened to again, at once or, where servers die without
// taking what waits, after a pause that is reported. Source: spec section 6.2.

import type { Server } from '../launch/children.ts';
import { monotonicMs } from '../native/monotonic.ts';
import { SystemError } from '../native/system-error.ts';
import { waitingPeers } from '../net/accept-queue.ts';
import { dropIfUnread } from '../net/datagram.ts';
import type { Listener } from '../net/listener.ts';
import { USEFUL_LIFE_MS } from './futility.ts';
import type { Premises, ServerDetail } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

const FUNC = 'child_exit';
const NOT_STARTED_MS = 1000;

/** Lets a suspended service hear of requests again, if this server had its socket. */
export function revive(premises: Premises, server: Server<ServerDetail>): void {
  const { service: operation, trigger, socket } = server.detail;
  const { listener, futility } = operation;
  if (operation.state !== 'suspended' || listener === undefined || socket !== listener) return;
  operation.state = 'active';
  const isUnread = trigger !== undefined && dropUnread(premises, operation, trigger);
  const isOfUse = trigger === undefined ? monotonicMs() - server.startedAtMs >= USEFUL_LIFE_MS : !isUnread;
  if (isOfUse) return heal(premises, operation, listener);
  if (!futility.suspect()) return listener.resume();
  if (operation.service.config.socket_type !== 'stream') return delay(premises, operation, listener);
  void waitingPeers(listener.port).then((waiting) => {
    const finding = futility.examine(waiting);
    if (finding === 'stuck') delay(premises, operation, listener);
    else if (finding === 'moving') heal(premises, operation, listener);
    else resume(operation, listener);
  });
}

/** No server could be started: what waits goes on waiting, and is looked at again later. */
export function putBack(operation: ServiceInOperation, listener: Listener): void {
  if (operation.state !== 'suspended' || operation.listener !== listener) return;
  operation.state = 'active';
  setTimeout(() => resume(operation, listener), NOT_STARTED_MS);
}

/** A server was of use. */
function heal(premises: Premises, operation: ServiceInOperation, listener: Listener): void {
  const { futility, id } = operation;
  if (futility.isDelaying) premises.log('notice', FUNC, `service ${id}: starts are no longer delayed`);
  futility.forget();
  resume(operation, listener);
}

function delay(premises: Premises, operation: ServiceInOperation, listener: Listener): void {
  const { futility, id } = operation;
  const isNew = !futility.isDelaying;
  const pauseMs = futility.nextPauseMs();
  if (isNew) {
    const text = `service ${id}: its servers end without taking what waits for them, starts are delayed`;
    premises.log('error', FUNC, text);
  }
  setTimeout(() => resume(operation, listener), pauseMs);
}

/** The service may have got another socket or another server meanwhile. */
function resume(operation: ServiceInOperation, listener: Listener): void {
  if (operation.listener === listener && operation.state === 'active') listener.resume();
}

/**
 * The trigger of a server that never looked at its socket would start it again at once (differs: D35, only this one goes).
 * True when it was still there.
 */
function dropUnread(premises: Premises, operation: ServiceInOperation, trigger: number): boolean {
  try {
    return dropIfUnread(operation.listener?.fd ?? -1, trigger);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    premises.log('error', 'svc_request', `service ${operation.id}, recvfrom: ${error.described}`);
    return false;
  }
}
