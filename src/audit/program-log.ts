import type { SyslogFacility } from '../config/attributes/values.ts';
import type { Severity } from '../config/diagnostic.ts';
import type { SyslogPort } from './syslog.ts';

/** Where the daemon's own messages go. */
export type ProgramLogTarget =
  | { readonly kind: 'syslog'; readonly facility: SyslogFacility }
  | { readonly kind: 'file'; readonly path: string }
  /** `-d`: /dev/tty, or stderr where there is none; every level, with pid and function. */
  | { readonly kind: 'terminal' }
  | { readonly kind: 'stderr' };

export interface ProgramLogOptions {
  readonly target: ProgramLogTarget;
  readonly tag: string;
  readonly pid: number;
  readonly nowMs: () => number;
  readonly syslog: SyslogPort;
  readonly strerror: (errno: number) => string;
}

export interface ProgramLog {
  readonly log: (level: Severity, func: string, text: string) => void;
  /** Hands the messages to winston from now on; until then they go to the same sink directly. */
  readonly useWinston: () => Promise<void>;
  /** Reopens the file of -filelog. */
  readonly reopen: () => void;
  readonly drain: () => Promise<void>;
  readonly flushSync: () => void;
}

/** Opens the daemon's own log; throws SystemError when the file of -filelog cannot be opened. */
export declare function createProgramLog(options: ProgramLogOptions): ProgramLog;
