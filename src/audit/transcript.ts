// Which events a turn in a connection's life leaves behind, in the reference's order. Pure.
// The reference forks before it looks at addresses, so such a refusal leaves START, FAIL and EXIT there. We decide
// once and never fork for a refusal, but write the same three lines, with the daemon's own pid.
// compat: compat/002-denied-by-only-from-start-then-fail, compat/047-process-limit, compat/011-internal-dgram.

import type { Source } from '../policy/source.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { AuditEvent, IdentResult, ServerEnd } from './event.ts';

/** A request to a service. */
export interface Occasion {
  readonly id: string;
  readonly source: Source | undefined;
  /** False for the built-in services that the reference serves inside the daemon (daytime, time, all dgram ones). */
  readonly isForking: boolean;
}

/** A server runs, or a built-in service is about to answer (its `pid` is not looked at). */
export function startEvents(occasion: Occasion, pid: number): readonly AuditEvent[] {
  const { id, source, isForking } = occasion;
  return [{ kind: 'start', id, pid: isForking ? pid : 0, source }];
}

/** A request was refused. */
export function refusalEvents(
  occasion: Occasion,
  denial: Extract<Verdict, { kind: 'deny' }>,
  daemonPid: number,
): readonly AuditEvent[] {
  const { id, source, isForking } = occasion;
  const fail: AuditEvent = { kind: 'fail', id, reason: denial.reason, source };
  if (denial.stage === 'before-fork' || !isForking) return [fail];
  return [
    { kind: 'start', id, pid: daemonPid, source },
    fail,
    { kind: 'exit', id, pid: daemonPid, end: { status: 0 }, durationSeconds: 0 },
  ];
}

/** No server could be made, and the request is given up. */
export function forkFailureEvents(occasion: Occasion): readonly AuditEvent[] {
  return [{ kind: 'fail', id: occasion.id, reason: 'fork', source: occasion.source }];
}

/** A redirected connection is over. */
export function trafficEvents(id: string, inBytes: number, outBytes: number): readonly AuditEvent[] {
  return [{ kind: 'traffic', id, inBytes, outBytes }];
}

/** A server is gone; built-in services that never started a process leave nothing. */
export function exitEvents(
  occasion: Occasion,
  pid: number,
  end: ServerEnd,
  durationSeconds: number,
): readonly AuditEvent[] {
  return occasion.isForking ? [{ kind: 'exit', id: occasion.id, pid, end, durationSeconds }] : [];
}

/** The caller's identity server has said who it is. */
export function userIdEvents(id: string, text: string): readonly AuditEvent[] {
  return [{ kind: 'userid', id, text }];
}

/** A caller without identity is turned away (IDONLY): the reference has forked by then. */
export function noIdEvents(occasion: Occasion, result: IdentResult, daemonPid: number): readonly AuditEvent[] {
  const { id, source } = occasion;
  return [
    { kind: 'start', id, pid: daemonPid, source },
    { kind: 'noid', id, source, result },
    { kind: 'exit', id, pid: daemonPid, end: { status: 0 }, durationSeconds: 0 },
  ];
}
