// The service logs: where `log_type` sends a service's audit lines. One common log for the services that take theirs
// from `defaults`, one of its own for each service that names a file; syslog and stdout are shared by all.
// Opening throws SystemError (the caller logs `creation of ID log failed` and does not start the service); after that
// nothing throws: trouble is reported through `ports.report` and lines that cannot be kept are counted.

import type { Service } from '../config/service.ts';
import type { AuditEvent } from './event.ts';
import type { Report } from './report.ts';
import type { SyslogPort } from './syslog.ts';

/** What the logs need of the world. */
export interface AuditPorts {
  readonly report: Report;
  readonly syslog: SyslogPort;
  /** strerror(3). */
  readonly strerror: (errno: number) => string;
  readonly nowMs: () => number;
  /** The tag of syslog lines: the program's name. */
  readonly tag: string;
  readonly pid: number;
}

/** The log of one service. */
export interface ServiceLog {
  readonly record: (events: readonly AuditEvent[]) => void;
  readonly close: () => void;
}

/** Every service log of the daemon. */
export interface AuditLogs {
  /** Throws SystemError when the file cannot be opened. */
  readonly open: (service: Service) => ServiceLog;
  /** Reopens every file (log rotation); files that cannot be reopened keep their old descriptor. */
  readonly reopen: () => void;
  /** Resolves when everything recorded so far has been written or given up. */
  readonly drain: () => Promise<void>;
  /** Writes what is waiting before the process ends. */
  readonly flushSync: () => void;
}

/** Makes the daemon's set of service logs. */
export declare function createAuditLogs(ports: AuditPorts): AuditLogs;
