// What happened to a service's connections, as values; `format.ts` makes lines of them. Pure types.
// The kinds are the words of xinetd.log(5).

import type { DenyReason } from '../policy/verdict.ts';
import type { Source } from '../policy/source.ts';

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

export interface StartEvent {
  readonly kind: 'start';
  readonly id: string;
  /** 0 for a service that is served inside the daemon. */
  readonly pid: number;
  readonly source: Source | undefined;
}

export interface ExitEvent {
  readonly kind: 'exit';
  readonly id: string;
  readonly pid: number;
  readonly end: ServerEnd;
  readonly durationSeconds: number;
}

export interface FailEvent {
  readonly kind: 'fail';
  readonly id: string;
  readonly reason: DenyReason;
  readonly source: Source | undefined;
}

export interface UserIdEvent {
  readonly kind: 'userid';
  readonly id: string;
  /** As the identity server said it: untrusted bytes. */
  readonly text: string;
}

export interface NoIdEvent {
  readonly kind: 'noid';
  readonly id: string;
  readonly source: Source | undefined;
  readonly result: IdentResult;
}

export interface TrafficEvent {
  readonly kind: 'traffic';
  readonly id: string;
  /** From the client to the target. */
  readonly inBytes: number;
  readonly outBytes: number;
}

export type AuditEvent = StartEvent | ExitEvent | FailEvent | UserIdEvent | NoIdEvent | TrafficEvent;
