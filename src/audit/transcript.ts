// Which events a turn in a connection's life leaves behind, in the reference's order. Pure.
// The reference forks before it looks at addresses, so such a refusal leaves START, FAIL and EXIT there. We decide
// once and never fork for a refusal, but write the same three lines, with the daemon's own pid.
// compat: compat/002-denied-by-only-from-start-then-fail, compat/047-process-limit, compat/011-internal-dgram.

import type { Verdict } from '../policy/verdict.ts';
import type { AuditEvent, ExitEvent, FailEvent, IdentResult, Request } from './event.ts';

/** Who asks, and for the how-manieth time anybody does. */
export type Requester = Pick<Request, 'source' | 'requestNumber'>;

/** A request to a service. */
export interface Occasion extends Request {
  /** False for the built-in services that the reference serves inside the daemon (daytime, time, all dgram ones). */
  readonly isForking: boolean;
}

/** How a server ended, and what it took. */
export type ServerLife = Pick<ExitEvent, 'end' | 'durationMs' | 'cpuMicroseconds'>;

/** A server runs, or a built-in service is about to answer (its `pid` is not looked at). */
export function startEvents(occasion: Occasion, pid: number): readonly AuditEvent[] {
  const { id, source, requestNumber, isForking } = occasion;
  return [{ kind: 'start', id, pid: isForking ? pid : 0, source, requestNumber }];
}

/** A request was refused. */
export function refusalEvents(
  occasion: Occasion,
  denial: Extract<Verdict, { kind: 'deny' }>,
  daemonPid: number,
): readonly AuditEvent[] {
  const { id, source, requestNumber, isForking } = occasion;
  const { reason, by, rule } = denial;
  const fail: FailEvent = { kind: 'fail', id, reason, source, requestNumber, by, rule };
  return denial.stage === 'before-fork' || !isForking ? [fail] : asIfForked(occasion, fail, daemonPid);
}

/** No server could be made, and the request is given up. */
export function forkFailureEvents({ id, source, requestNumber }: Occasion): readonly AuditEvent[] {
  return [{ kind: 'fail', id, reason: 'fork', source, requestNumber }];
}

/** A redirected connection is over. */
export function trafficEvents(
  { id, source, requestNumber }: Occasion,
  inBytes: number,
  outBytes: number,
): readonly AuditEvent[] {
  return [{ kind: 'traffic', id, source, requestNumber, inBytes, outBytes }];
}

/** A server is gone; built-in services that never started a process leave nothing. */
export function exitEvents(occasion: Occasion, pid: number, life: ServerLife): readonly AuditEvent[] {
  const { id, source, requestNumber, isForking } = occasion;
  const { end, durationMs, cpuMicroseconds } = life;
  return isForking ? [{ kind: 'exit', id, pid, source, requestNumber, end, durationMs, cpuMicroseconds }] : [];
}

/** The caller's identity server has said who it is. */
export function userIdEvents({ id, source, requestNumber }: Occasion, text: string): readonly AuditEvent[] {
  return [{ kind: 'userid', id, source, requestNumber, text }];
}

/** A caller without identity is turned away (IDONLY): the reference has forked by then. */
export function noIdEvents(occasion: Occasion, result: IdentResult, daemonPid: number): readonly AuditEvent[] {
  const { id, source, requestNumber } = occasion;
  return asIfForked(occasion, { kind: 'noid', id, source, requestNumber, result }, daemonPid);
}

function asIfForked(occasion: Occasion, event: AuditEvent, pid: number): readonly AuditEvent[] {
  const { id, source, requestNumber } = occasion;
  const request = { id, pid, source, requestNumber, isForForm: true } as const;
  return [{ kind: 'start', ...request }, event, { kind: 'exit', ...request, end: { status: 0 }, durationMs: 0 }];
}
