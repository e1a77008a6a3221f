// The service logs: where `log_type` sends a service's audit lines. One common log for the services that take theirs
// from `defaults`, one of its own for each service that names a file; syslog, the journal and the standard streams are
// shared by all.
// Opening throws SystemError (the caller logs `creation of ID log failed` and does not start the service); after that
// nothing throws: trouble is reported through `ports.report` and lines that cannot be kept are counted.

import type { Service } from '../config/service.ts';
import { addressWriter, showsPort } from './address-form.ts';
import { AddressHash } from './address-hash.ts';
import type { AuditEvent } from './event.ts';
import { compileFormat } from './format.ts';
import type { JournalChannel } from './journal.ts';
import type { Style } from './lines.ts';
import type { Outlet } from './open-files.ts';
import { Outlets } from './outlets.ts';
import type { OutletPorts } from './outlets.ts';
import { compileRecord, jsonLine } from './record.ts';
import { fileStamp } from './stamp.ts';
import type { Stamp } from './stamp.ts';

/** What the logs need of the world. */
export interface AuditPorts extends OutletPorts {
  /** The daemon's. */
  readonly pid: number;
}

/** The log of one service. */
export interface ServiceLog {
  readonly record: (events: readonly AuditEvent[]) => void;
  readonly close: () => void;
}

/** Every service log of the daemon. */
export interface AuditLogs {
  /** Opens what the service's `log_type` names; throws SystemError when its file cannot be opened. */
  readonly open: (service: Service) => ServiceLog;
  /** Reopens every file (log rotation); one that cannot be reopened keeps its old descriptor. */
  readonly reopen: () => void;
  /** Resolves when everything recorded so far has been written or given up. */
  readonly drain: () => Promise<void>;
  /** Writes what is waiting before the process ends. */
  readonly flushSync: () => void;
}

/** Makes the daemon's set of service logs. */
export function createAuditLogs(ports: AuditPorts): AuditLogs {
  const outlets = new Outlets(ports);
  const hash = new AddressHash(ports.nowMs);
  const stamp = fileStamp();
  return {
    open: (service) => {
      const { log_type: target, log_address: form } = service.config;
      const style: Style = { address: addressWriter(form, hash.of), showsPort: showsPort(form) };
      if (target === undefined) return SILENT;
      if (target.kind === 'journal') return journalLog(service, style, outlets.journal, ports.pid);
      return lineLog(recorderFor(service, style, ports, stamp), outlets.to(service, target));
    },
    reopen: () => outlets.files.all.filter((log) => !log.isClosing).forEach((log) => log.reopen()),
    drain: async () => {
      await Promise.all(outlets.all.map((sink) => sink.drain()));
    },
    flushSync: () => outlets.all.forEach((sink) => sink.flushSync()),
  };
}

/** Of a service without `log_type`, which writes nothing, whatever its flags say. */
const SILENT: ServiceLog = { record: () => undefined, close: () => undefined };

/** Makes the line of an event, with all that its target wants in front. */
type Recorder = (event: AuditEvent) => string | undefined;

function recorderFor({ config }: Service, style: Style, { nowMs, pid }: AuditPorts, stamp: Stamp): Recorder {
  if (config.log_format === 'json') {
    const record = compileRecord(config, style, pid);
    return (event) => {
      const fields = record(event);
      return fields === undefined ? undefined : jsonLine(fields, nowMs());
    };
  }
  const format = compileFormat(config, style);
  // Syslog has a stamp of its own.
  if (config.log_type?.kind === 'syslog') return format;
  return (event) => {
    const line = format(event);
    return line === undefined ? undefined : `${stamp(nowMs())}: ${line}`;
  };
}

function lineLog(recorder: Recorder, outlet: Outlet): ServiceLog {
  return {
    record: (events) => {
      for (const event of events) {
        const line = recorder(event);
        if (line !== undefined) outlet.write(line);
      }
    },
    close: outlet.close,
  };
}

function journalLog({ config }: Service, style: Style, journal: JournalChannel, pid: number): ServiceLog {
  const format = compileFormat(config, style);
  const record = compileRecord(config, style, pid);
  return {
    record: (events) => {
      for (const event of events) {
        const fields = record(event);
        if (fields !== undefined) journal.send(format(event) ?? '', fields);
      }
    },
    close: () => undefined,
  };
}
