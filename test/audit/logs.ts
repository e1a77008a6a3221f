// Service logs over a syslog, a journal and streams that remember, at one fixed time.

import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { StartEvent } from '../../src/audit/event.ts';
import { createAuditLogs } from '../../src/audit/sinks.ts';
import type { AuditLogs } from '../../src/audit/sinks.ts';
import { SyslogChannel } from '../../src/audit/syslog.ts';
import type { LogTarget } from '../../src/config/attributes/values.ts';
import type { Origin, Service } from '../../src/config/service.ts';
import { serviceWith } from '../policy/facts.ts';
import { strerror } from './files.ts';

export const NOW = new Date(2026, 10, 20, 23, 43, 4).getTime();
export const STAMP = '26/11/20@23:43:04: ';

export interface Bench {
  readonly logs: AuditLogs;
  readonly reports: string[];
  readonly datagrams: string[];
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
}

export function bench(): Bench {
  const reports: string[] = [];
  const datagrams: string[] = [];
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const port = {
    open: () => 9,
    send: (_fd: number, bytes: Uint8Array) => datagrams.push(Buffer.from(bytes).toString('latin1')),
    close: () => undefined,
  };
  const syslog = new SyslogChannel({ port, tag: 'xinetd', pid: 1, nowMs: () => NOW, onDropped: () => undefined });
  const logs = createAuditLogs({
    report: (level, _func, text) => reports.push(`${level}: ${text}`),
    syslog,
    datagrams: port,
    stdout: Object.assign(stdout, { fd: -1 }),
    stderr: Object.assign(stderr, { fd: -1 }),
    tag: 'xinetd',
    pid: 1,
    strerror,
    nowMs: () => NOW,
  });
  return { logs, reports, datagrams, stdout, stderr };
}

export function service(
  id: string,
  log_type: LogTarget | undefined,
  from: Origin['from'] = 'service',
  more: Partial<Service['config']> = {},
): Service {
  return serviceWith({ id, log_type, log_on_success: ['PID'], log_on_failure: [], ...more }, { log_type: { from } });
}

export function file(path: string, softBytes = 0, hardBytes = 0): LogTarget {
  return { kind: 'file', path, softBytes, hardBytes };
}

export function start(id: string): StartEvent {
  return { kind: 'start', id, pid: 5, source: undefined, requestNumber: 8 };
}

export function read(path: string): string {
  return readFileSync(path, 'latin1');
}
