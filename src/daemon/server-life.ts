// A server's life in the daemon's books, wherever it runs: its entry in the table, START when it begins, EXIT when it ends, and
// what ends with it. Source: spec section 6.10.

import { exitEvents, startEvents } from '../audit/transcript.ts';
import type { Requester } from '../audit/transcript.ts';
import type { Server } from '../launch/children.ts';
import { NOT_STARTED_STATUS } from '../launch/reaper.ts';
import type { Ending } from '../launch/reaper.ts';
import { describeErrno, trimLater } from '../native/binding.ts';
import { monotonicMs } from '../native/monotonic.ts';
import { closeRetiredLog } from './activate.ts';
import { TRIM_AFTER_MS } from './clock.ts';
import type { Premises, ServerDetail } from './premises.ts';
import { revive } from './revive.ts';
import type { ServiceInOperation } from './service.ts';

/** Counts a request that is served, and writes START. */
export function recordStart(operation: ServiceInOperation, requester: Requester, pid: number): void {
  operation.tally.served += 1;
  operation.log?.record(startEvents(operation.occasion(requester), pid));
}

function recordEnd(server: Server<ServerDetail>, ending: Ending): void {
  const { service: operation } = server.detail;
  const end = ending.kind === 'killed' ? { signal: ending.signal } : { status: statusOf(ending) };
  const used = { durationMs: monotonicMs() - server.startedAtMs, cpuMicroseconds: ending.cpuMicroseconds };
  operation.log?.record(exitEvents(operation.occasion(server.detail), server.pid, { end, ...used }));
}

function statusOf(ending: Exclude<Ending, { kind: 'killed' }>): number {
  return ending.kind === 'exited' ? ending.status : NOT_STARTED_STATUS;
}

/** What runs inside this process counts as a running server with the daemon's own pid, and leaves START. */
export function beginInProcess(
  premises: Premises,
  operation: ServiceInOperation,
  request: Requester,
  stop: () => void,
): Server<ServerDetail> {
  const server = addInProcess(premises, operation, request, stop);
  recordStart(operation, request, premises.pid);
  return server;
}

/** The same for one whose START has been written. */
export function addInProcess(
  premises: Premises,
  operation: ServiceInOperation,
  { source, requestNumber }: Requester,
  stop: () => void,
): Server<ServerDetail> {
  const detail = { service: operation, source, requestNumber, startedAt: new Date(), stop };
  const server = serverOf(operation, detail, premises.pid);
  premises.children.add(server);
  return server;
}

/** It leaves EXIT; nothing where that has been done. */
export function endInProcess(premises: Premises, server: Server<ServerDetail>): void {
  if (premises.children.remove(server)) ended(premises, server, { kind: 'exited', status: 0 });
}

/** The entry of a server in the table; one that can be stopped runs inside this process. */
export function serverOf(operation: ServiceInOperation, detail: ServerDetail, pid: number): Server<ServerDetail> {
  return {
    pid,
    isInProcess: detail.stop !== undefined,
    serviceId: operation.key,
    source: detail.source?.plain,
    startedAtMs: monotonicMs(),
    detail,
  };
}

/** A server was reaped: EXIT is written, a suspended service hears of requests again. */
export function ended(premises: Premises, server: Server<ServerDetail>, ending: Ending): void {
  trimLater(TRIM_AFTER_MS);
  const { service: operation } = server.detail;
  if (ending.kind === 'not-started') reportNotStarted(premises, operation, ending);
  recordEnd(server, ending);
  closeRetiredLog(premises, operation);
  revive(premises, server);
}

type NotStarted = Extract<Ending, { kind: 'not-started' }>;

/** A server that never ran: which step failed, in the reference's words where it has some. */
function reportNotStarted(premises: Premises, operation: ServiceInOperation, { step, errno }: NotStarted): void {
  const reason = describeErrno(errno);
  const words = STEP_MESSAGES[step];
  const text =
    words === undefined
      ? `${operation.id}: ${step} failed: ${reason}`
      : words(operation.service.config.server ?? '', reason);
  premises.log('error', 'exec_server', text);
  if (step !== 'setgroups') return;
  const hint = "Your system may require that 'groups = yes' be defined for this service";
  premises.log('error', 'exec_server', `${hint}: ${operation.service.name}`);
}

const STEP_MESSAGES: { readonly [step: string]: (server: string, reason: string) => string } = {
  execve: (server, reason) => `execv( ${server} ) failed: ${reason}`,
  setgid: (_, reason) => `setgid failed: ${reason}`,
  setuid: (_, reason) => `setuid failed: ${reason}`,
  setgroups: (_, reason) => `setgroups( 0, NULL ) failed: ${reason}`,
};
