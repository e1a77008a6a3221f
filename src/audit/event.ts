// What happened to a service's connections, as values; `lines.ts` says what a log has of them. Pure types.
// The kinds are the words of xinetd.log(5).

import type { Span } from '../config/source.ts';
import type { Source } from '../policy/source.ts';
import type { DenyReason } from '../policy/verdict.ts';

/** How an identity look-up ended, in the words of the NOID line. */
export type IdentResult =
  | 'no error'
  | 'no server'
  | 'timeout'
  | 'system error'
  | 'error while receiving response'
  | 'bad response';

/** How a server ended. */
export type ServerEnd = { readonly status: number } | { readonly signal: number };

/** Who asked for what. */
export interface Request {
  /** The service's. */
  readonly id: string;
  readonly source: Source | undefined;
  /** Unique in this daemon's life. */
  readonly requestNumber: number;
}

export interface StartEvent extends Request {
  readonly kind: 'start';
  /** 0 for a service that is served inside the daemon. */
  readonly pid: number;
  /** Nothing was started: the line is there because the reference would have forked. Not in records. */
  readonly isForForm?: true;
}

export interface ExitEvent extends Request {
  readonly kind: 'exit';
  readonly pid: number;
  readonly end: ServerEnd;
  readonly durationMs: number;
  /** Of the server and those it waited for; undefined where no process ended. */
  readonly cpuMicroseconds?: number | undefined;
  /** As of START. */
  readonly isForForm?: true;
}

export interface FailEvent extends Request {
  readonly kind: 'fail';
  readonly reason: DenyReason;
  /** The check that denied. */
  readonly by?: string;
  /** The words of the configuration that decided. */
  readonly rule?: Span | undefined;
}

export interface UserIdEvent extends Request {
  readonly kind: 'userid';
  /** As the identity server said it: untrusted bytes. */
  readonly text: string;
}

export interface NoIdEvent extends Request {
  readonly kind: 'noid';
  readonly result: IdentResult;
}

export interface TrafficEvent extends Request {
  readonly kind: 'traffic';
  /** From the client to the target. */
  readonly inBytes: number;
  readonly outBytes: number;
}

export type AuditEvent = StartEvent | ExitEvent | FailEvent | UserIdEvent | NoIdEvent | TrafficEvent;
