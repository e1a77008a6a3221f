// Bringing a service into operation and taking it out again: log, socket, listener. Source: spec section 4.4.
// Trouble is logged in the reference's words; a service that cannot be opened is left out and the others live.

import { describeErrno } from '../native/binding.ts';
import { monotonicMs } from '../native/monotonic.ts';
import { SystemError } from '../native/system-error.ts';
import { Listener } from '../net/listener.ts';
import { closeSocket, openEndpoint, openEndpointPatiently } from '../net/open.ts';
import type { OpenedSocket, OpenNote, OpenResult } from '../net/open.ts';
import { intercept } from './intercept.ts';
import type { Premises } from './premises.ts';
import { registerRpc, unregisterRpc } from './rpc.ts';
import type { ServiceInOperation } from './service.ts';

const FUNC = 'activate_normal';
/** A service that could not come back after its waiting time tries again this often. */
const REENABLE_MS = 5000;

/**
 * Opens the service's log and socket, or takes the socket it is given, and begins to listen.
 * False: it stays out of operation, and the log says why.
 */
export async function activate(
  premises: Premises,
  operation: ServiceInOperation,
  socket?: OpenedSocket,
): Promise<boolean> {
  if (socket === undefined && premises.descriptors.free === 0) {
    premises.log('error', FUNC, `Service ${operation.id} disabled because of lack of file descriptors`);
    return false;
  }
  if (!openLog(premises, operation)) return false;
  if (operation.equipment.endpoint === undefined) return true;
  const opened: OpenResult = socket === undefined ? await open(premises, operation) : { ok: true, socket };
  if (!opened.ok) reportFailure(premises, operation, opened.error);
  else if (await takeUp(premises, operation, opened)) return true;
  operation.log?.close();
  operation.log = undefined;
  return false;
}

/** Takes an open socket into operation; an RPC service that cannot be registered stays out, and its socket is closed. */
export async function takeUp(
  premises: Premises,
  operation: ServiceInOperation,
  opened: Extract<OpenResult, { ok: true }>,
): Promise<boolean> {
  const isGuarded = opened.isNew === true || intercept(premises, operation, opened.socket.fd);
  if (isGuarded && (await registerRpc(premises, operation, opened.socket))) {
    listen(premises, operation, opened);
    return true;
  }
  closeSocket(opened.socket);
  premises.log('error', 'svc_activate', `Service ${operation.id} failed to start and is deactivated.`);
  return false;
}

/** Opens the audit log of a service (again); false when it cannot be opened. */
export function openLog(premises: Premises, operation: ServiceInOperation): boolean {
  try {
    const log = premises.logs.open(operation.service);
    operation.log?.close();
    operation.log = log;
    return true;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    reportLog(premises, operation, error);
    premises.log('error', 'svc_activate', `Service ${operation.id} failed to start and is deactivated.`);
    return false;
  }
}

/** The common log of those that have it from `defaults`; each load makes another. */
const toldLogs = new WeakSet<object>();

/** compat: what is wrong with the common log is said once, for all services that have it. */
function reportLog({ log }: Premises, { service, id }: ServiceInOperation, error: SystemError): void {
  const target = service.config.log_type ?? {};
  const isCommon = service.origins.log_type?.from === 'defaults';
  if (toldLogs.has(target)) return;
  if (isCommon) toldLogs.add(target);
  log('info', FUNC, `open( ${error.subject} ) failed: ${error.described}`);
  log('error', FUNC, `creation of ${isCommon ? 'default' : id} log failed`);
}

/** Opens the socket as start-up and reload do: at once, or patiently where XINETD_BIND_DELAY asks for pauses. */
export async function open(premises: Premises, operation: ServiceInOperation): Promise<OpenResult> {
  const { endpoint } = operation.equipment;
  if (endpoint === undefined) throw new Error(`invariant: ${operation.id} has no endpoint`);
  const socket = premises.inherited.open(operation.id, endpoint);
  if (socket !== undefined) return { ok: true, socket };
  const onNote = (note: OpenNote): void => logNote(premises, operation, note);
  if (premises.bindDelayMs === 0) return openEndpoint(endpoint, onNote);
  return openEndpointPatiently(endpoint, premises.bindDelayMs, onNote);
}

function listen(premises: Premises, operation: ServiceInOperation, opened: Extract<OpenResult, { ok: true }>): void {
  const { endpoint, builtin } = operation.equipment;
  if (endpoint === undefined) throw new Error(`invariant: ${operation.id} has no endpoint`);
  const { requests } = premises;
  const isDatagram = endpoint.arrival === 'datagram';
  const listener = new Listener(opened.socket, endpoint, {
    onConnection: (connection) => requests.onConnection(operation, connection),
    onReadable: () => (isDatagram ? requests.onDatagram(operation) : requests.onListener(operation)),
    onAcceptFailure: (errno) => reportAccept(premises, operation, errno),
    nowMs: monotonicMs,
  });
  if (builtin?.socketType === 'dgram') premises.replyGuard.addOwnPort(listener.port);
  premises.descriptors.take();
  operation.listener = listener;
  premises.zones.follow(operation);
  keep(premises, opened.socket);
  // A server that an earlier program has started may have the socket.
  if (operation.state === 'suspended') return;
  operation.state = 'active';
  listener.resume();
}

/** The socket outlives this program, unless somebody else holds it anyway. */
function keep({ inherited, supervisor, crashRestart }: Premises, { fd, file }: OpenedSocket): void {
  if (inherited.isShared(fd)) return;
  crashRestart.keep(fd);
  // The file of a unix socket goes with the daemon: the socket could not be found any more.
  if (file === undefined) supervisor.keep(fd);
}

/**
 * The rate tripped: the socket is closed, so that the kernel refuses clients, and comes back when the time is over.
 * Running servers keep counting (differs: F10).
 */
export function pauseForRate(premises: Premises, operation: ServiceInOperation, seconds: number): void {
  const text = `Deactivating service ${operation.service.name} due to excessive incoming connections.`;
  premises.log('error', 'cps_service_stop', `${text}  Restarting in ${seconds} seconds.`);
  closeListener(premises, operation);
  enableLater(premises, operation, seconds * 1000);
}

/** A service without a socket gets one when the time is over. */
export function enableLater(premises: Premises, operation: ServiceInOperation, delayMs: number): void {
  operation.state = 'disabled';
  operation.enableAtMs = monotonicMs() + delayMs;
  operation.enableTimer = setTimeout(() => void enable(premises, operation), delayMs);
}

async function enable(premises: Premises, operation: ServiceInOperation): Promise<void> {
  if (operation.equipment.endpoint === undefined) {
    premises.log('error', 'cps_service_restart', `Activating service ${operation.service.name}`);
    operation.state = 'not started';
    return;
  }
  const { equipment } = operation;
  const opened = await open(premises, operation);
  const isUp = opened.ok && (await takeUp(premises, operation, opened));
  if (operation.isRetired) return closeListener(premises, operation);
  if (isUp && operation.equipment !== equipment) {
    // A reload came in between, and the socket may have to be another one.
    closeListener(premises, operation);
    return enable(premises, operation);
  }
  const outcome = isUp ? 'Activating' : 'Error activating';
  premises.log('error', 'cps_service_restart', `${outcome} service ${operation.service.name}`);
  if (!isUp) enableLater(premises, operation, REENABLE_MS);
}

/** Closes the socket and, once no server is left, the log; running servers are not touched. */
export function retire(premises: Premises, operation: ServiceInOperation): void {
  closeListener(premises, operation);
  clearTimeout(operation.enableTimer);
  operation.isRetired = true;
  closeRetiredLog(premises, operation);
}

/** Closes the log of a retired service after its last server. */
export function closeRetiredLog({ children }: Premises, operation: ServiceInOperation): void {
  if (!operation.isRetired || children.countOf(operation.key) > 0) return;
  operation.log?.close();
  operation.log = undefined;
}

/** Closes the socket alone. */
export function closeListener(premises: Premises, operation: ServiceInOperation): void {
  const { listener } = operation;
  unregisterRpc(premises, operation);
  if (listener === undefined) return;
  if (operation.equipment.builtin?.socketType === 'dgram') premises.replyGuard.removeOwnPort(listener.port);
  premises.supervisor.forget(listener.fd);
  premises.crashRestart.forget(listener.fd);
  listener.close();
  premises.descriptors.give();
  operation.listener = undefined;
  operation.state = 'not started';
}

/** The listener has paused itself and goes on alone; one line says so. */
function reportAccept(premises: Premises, operation: ServiceInOperation, errno: number): void {
  premises.log('error', 'svc_request', `service ${operation.id}, accept: ${describeErrno(errno)}`);
}

function logNote(premises: Premises, operation: ServiceInOperation, note: OpenNote): void {
  switch (note.kind) {
    case 'ipv4-instead':
      premises.log('notice', FUNC, `IPv6 socket creation failed for service ${operation.id}, trying IPv4`);
      break;
    case 'bind-failed':
      premises.log('error', FUNC, `bind failed (${note.error.described}). service = ${operation.id}`);
      break;
    case 'bind-retry':
      premises.log('notice', FUNC, `bind retry attempt ${note.attempt}`);
      break;
  }
}

/** bind failures have been logged by their notes; the rest says what failed. */
function reportFailure(premises: Premises, operation: ServiceInOperation, error: SystemError): void {
  if (error.call === 'socket') {
    premises.log('error', FUNC, `socket creation failed (${error.described}). service = ${operation.id}`);
  } else if (error.call !== 'bind') {
    premises.log('error', FUNC, `${error.call} failed (${error.described}). service = ${operation.id}`);
  }
  premises.log('error', 'svc_activate', `Service ${operation.id} failed to start and is deactivated.`);
}
