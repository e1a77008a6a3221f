// Carrying out an allowance: the built-in answers or a server is launched.
// Source: spec sections 6.2 (wait), 6.3 (launch), 6.7 (fork failure).

import { forkFailureEvents } from '../audit/transcript.ts';
import type { Requester } from '../audit/transcript.ts';
import type { DatagramBuiltin, ListingName, StreamBuiltin } from '../launch/builtin/builtin.ts';
import { isChanging, planChanged } from '../launch/change.ts';
import type { Caller } from '../launch/environment.ts';
import { Launcher } from '../launch/spawn.ts';
import { trimLater } from '../native/binding.ts';
import type { Datagram } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import type { Connection } from '../net/connection.ts';
import { stampOfWaiting } from '../net/datagram.ts';
import type { Listener } from '../net/listener.ts';
import { nextRequestNumber } from '../net/request-number.ts';
import type { WrapperEffects } from '../policy/hosts-effects.ts';
import type { Source } from '../policy/source.ts';
import { TRIM_AFTER_MS } from './clock.ts';
import { listingFor } from './listing.ts';
import { localEnd } from './local-end.ts';
import type { Premises } from './premises.ts';
import { putBack } from './revive.ts';
import { addInProcess, endInProcess, recordStart, serverOf } from './server-life.ts';
import type { ServiceInOperation } from './service.ts';
import { toldCaller } from './told-caller.ts';
import { applySocketOptions } from './wrappers.ts';

/** What a server is launched for. `release` is called once it runs, or with true when none could be started. */
interface Job extends Requester {
  /** Instead of the service's own. */
  readonly launcher?: Launcher;
  readonly operation: ServiceInOperation;
  /** Has the descriptor for the server, -1 once it is closed. */
  readonly holder: { readonly fd: number };
  /** Whom the caller called, by a proxy's word. */
  readonly called?: Source;
  readonly trigger?: number;
  readonly socket?: Listener;
  readonly release: (isGivenUp: boolean) => void;
}

/** Serves an accepted connection. */
export function serveConnection(
  premises: Premises,
  operation: ServiceInOperation,
  request: {
    readonly connection: Connection;
    readonly source: Source;
    readonly called?: Source;
    readonly effects?: WrapperEffects;
  },
): void {
  const { connection, source, called, effects } = request;
  const { requestNumber } = connection;
  const { builtin } = operation.equipment;
  if (effects !== undefined) applySocketOptions(premises, effects, connection.fd);
  if (builtin?.socketType === 'stream' && effects?.twist === undefined)
    return serveBuiltin(premises, operation, { builtin, fd: connection.release(), source, requestNumber });
  const launcher = changedLauncher(premises, operation, effects);
  const further = { ...launcher, ...(called !== undefined && { called }) };
  const release = (): void => connection.close();
  start(premises, { operation, source, requestNumber, holder: connection, release, ...further });
}

/** Answers a datagram, or hands the socket to a server that reads it. */
export function serveDatagram(
  premises: Premises,
  operation: ServiceInOperation,
  request: { readonly sender: Datagram; readonly source: Source; readonly effects?: WrapperEffects },
): void {
  const { source, sender, effects } = request;
  const { builtin } = operation.equipment;
  if (builtin?.socketType === 'dgram' && effects?.twist === undefined)
    return answer(premises, operation, { builtin, sender, source });
  const trigger = stampOfWaiting(operation.listener?.fd ?? -1);
  handOver(premises, operation, { source, trigger, ...changedLauncher(premises, operation, effects) });
}

/** Hands the listening socket to a server that accepts from it itself. */
export function serveListener(
  premises: Premises,
  operation: ServiceInOperation,
  { effects }: { readonly effects?: WrapperEffects },
): void {
  handOver(premises, operation, { source: undefined, ...changedLauncher(premises, operation, effects) });
}

/** What a rule of hosts.allow or hosts.deny changes is launched by a plan of its own. */
function changedLauncher(
  { world }: Premises,
  { service }: ServiceInOperation,
  effects: WrapperEffects | undefined,
): Pick<Job, 'launcher'> {
  const plan = effects === undefined || !isChanging(effects) ? undefined : planChanged(service.config, world, effects);
  return plan === undefined ? {} : { launcher: new Launcher(plan) };
}

/** In-process servers: the reference forks for some of them, which then count and leave an EXIT line. */
function serveBuiltin(
  premises: Premises,
  operation: ServiceInOperation,
  request: {
    readonly builtin: StreamBuiltin;
    readonly fd: number;
    readonly source: Source;
    readonly requestNumber: number;
  },
): void {
  const { builtin, fd, source } = request;
  const idleMs = operation.service.config.idle_timeout * 1000;
  const listing = (name: ListingName): string => listingFor(premises, name, source);
  recordStart(operation, request, premises.pid);
  if (!builtin.isForking) {
    builtin.serveStream(fd, { onEnd: () => {}, idleMs, listing });
    return;
  }
  const session = builtin.serveStream(fd, { onEnd: () => endInProcess(premises, server), idleMs, listing });
  // Only now, since `servers` does not list itself.
  const server = addInProcess(premises, operation, request, session.stop);
}

function answer(
  premises: Premises,
  operation: ServiceInOperation,
  request: { readonly builtin: DatagramBuiltin; readonly sender: Datagram; readonly source: Source },
): void {
  recordStart(operation, { source: request.source, requestNumber: nextRequestNumber() }, premises.pid);
  const fd = operation.listener?.fd ?? -1;
  try {
    request.builtin.serveDatagram(fd, request.sender, (sender) => premises.replyGuard.mayReply(sender));
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    premises.log('error', 'svc_request', `service ${operation.id}, recvfrom: ${error.described}`);
  }
}

/** wait = yes: the very socket goes to the server, and nobody listens here until it ends. */
function handOver(
  premises: Premises,
  operation: ServiceInOperation,
  request: Pick<Job, 'source' | 'trigger' | 'launcher'>,
): void {
  const { listener } = operation;
  if (listener === undefined) return;
  operation.state = 'suspended';
  listener.handOver();
  const release = (isGivenUp: boolean): void => void (isGivenUp && putBack(operation, listener));
  const requestNumber = nextRequestNumber();
  start(premises, { operation, ...request, requestNumber, holder: listener, socket: listener, release });
}

/** Launches now, or later where the kernel says that it cannot for the moment. */
function start(premises: Premises, job: Job): void {
  if (tryLaunch(premises, job, reportForkFailure)) return;
  const giveUp = (): void => failToFork(job);
  const mayRetry = !job.operation.service.config.flags.includes('NORETRY');
  const retry = {
    attempt: () => tryLaunch(premises, job, () => {}),
    giveUp: () => tooManyFailures(premises, job, giveUp),
  };
  if (!mayRetry || !premises.retries.add(retry)) giveUp();
}

type OnForkFailure = (premises: Premises, job: Job, error: SystemError) => void;

/** True when the server runs, or when what it was for is gone. */
function tryLaunch(premises: Premises, job: Job, onFailure: OnForkFailure): boolean {
  const { operation, source, requestNumber, trigger, socket } = job;
  const { launcher = operation.equipment.launcher } = job;
  if (launcher === undefined) throw new Error(`invariant: ${operation.id} has no server`);
  if (job.holder.fd < 0) return true;
  try {
    const pid = launcher.start(job.holder.fd, callerOf(job));
    const waiting = { ...(trigger !== undefined && { trigger }), ...(socket !== undefined && { socket }) };
    const detail = { service: operation, source, requestNumber, startedAt: new Date(), ...waiting };
    premises.children.add(serverOf(operation, detail, pid));
    recordStart(operation, job, pid);
    job.release(false);
    return true;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    onFailure(premises, job, error);
    return false;
  }
}

/** The first failure is told; while it lasts, the others would only repeat it. */
function reportForkFailure(premises: Premises, { operation }: Job, error: SystemError): void {
  premises.log('error', 'server_start', `${operation.id}: fork failed: ${error.described}`);
}

function tooManyFailures(premises: Premises, job: Job, giveUp: () => void): void {
  premises.log('error', 'retry', `service ${job.operation.id}: too many consecutive fork failures`);
  giveUp();
}

function failToFork(job: Job): void {
  job.release(true);
  job.operation.log?.record(forkFailureEvents(job.operation.occasion(job)));
  trimLater(TRIM_AFTER_MS);
}

/** A datagram does not say which address it was for. */
function callerOf({ operation, source, requestNumber, called, holder, trigger }: Job): Caller {
  const local = (): Source | undefined => called ?? (trigger === undefined ? localEnd(holder.fd) : undefined);
  return toldCaller({ config: operation.service.config, source, requestNumber, local });
}
