// The service logs: where `log_type` sends a service's audit lines. One common log for the services that take theirs
// from `defaults`, one of its own for each service that names a file; syslog and stdout are shared by all.
// Opening throws SystemError (the caller logs `creation of ID log failed` and does not start the service); after that
// nothing throws: trouble is reported through `ports.report` and lines that cannot be kept are counted.

import type { Service } from '../config/service.ts';
import type { AuditEvent } from './event.ts';
import { FileLog, sinkTrouble } from './file-log.ts';
import type { FileTarget } from './file-log.ts';
import { compileFormat } from './format.ts';
import { BufferedSink } from './line-sink.ts';
import type { LineSink } from './line-sink.ts';
import type { Report } from './report.ts';
import { fileStamp } from './stamp.ts';
import { StreamWriter } from './stream-writer.ts';
import type { OutputStream } from './stream-writer.ts';
import type { SyslogChannel } from './syslog.ts';

/** What the logs need of the world. */
export interface AuditPorts {
  readonly report: Report;
  readonly syslog: SyslogChannel;
  /** Standard output. */
  readonly stdout: OutputStream & { readonly fd: number };
  /** strerror(3). */
  readonly strerror: (errno: number) => string;
  /** Wall clock. */
  readonly nowMs: () => number;
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

/** A place for finished lines that one or more services hold. */
interface Outlet {
  readonly write: (line: string) => void;
  readonly close: () => void;
}

/** Makes the daemon's set of service logs. */
export function createAuditLogs(ports: AuditPorts): AuditLogs {
  const files = new OpenFiles(ports);
  const stdout = lazily(
    () => new BufferedSink(new StreamWriter(ports.stdout, ports.stdout.fd), sinkTrouble('stdout', ports.report)),
  );
  const stamp = fileStamp();
  const sinks = (): readonly Pick<LineSink, 'drain' | 'flushSync'>[] => [...files.all, ...stdout.made, ports.syslog];
  return {
    open: (service) => serviceLog(service, outletOf(service)),
    reopen: () => files.all.filter((log) => !log.isClosing).forEach((log) => log.reopen()),
    drain: async () => {
      await Promise.all(sinks().map((sink) => sink.drain()));
    },
    flushSync: () => sinks().forEach((sink) => sink.flushSync()),
  };

  function outletOf(service: Service): Outlet | undefined {
    const target = service.config.log_type;
    if (target === undefined) return undefined;
    if (target.kind === 'syslog') return ports.syslog.sink(target.facility, target.level);
    if (target.kind === 'stdout') return stamped({ write: (line) => stdout.get().write(line), close: () => undefined });
    return stamped(files.hold(service, target));
  }

  function stamped(outlet: Outlet): Outlet {
    return { write: (line) => outlet.write(`${stamp(ports.nowMs())}: ${line}`), close: outlet.close };
  }
}

/** A service without `log_type` writes nothing, whatever its flags say. */
function serviceLog(service: Service, outlet: Outlet | undefined): ServiceLog {
  if (outlet === undefined) return { record: () => undefined, close: () => undefined };
  const format = compileFormat(service.config);
  return {
    record: (events) => {
      for (const event of events) {
        const line = format(event);
        if (line !== undefined) outlet.write(line);
      }
    },
    close: outlet.close,
  };
}

/** The files now open (or closed with lines still to land); the common log closes with the last service that holds it. */
class OpenFiles {
  readonly #ports: AuditPorts;
  readonly #open = new Set<FileLog>();
  readonly #common = new Map<string, { readonly log: FileLog; holders: number }>();

  constructor(ports: AuditPorts) {
    this.#ports = ports;
  }

  get all(): readonly FileLog[] {
    return [...this.#open];
  }

  hold(service: Service, target: FileTarget): Outlet {
    const isCommon = service.origins.log_type?.from === 'defaults';
    return isCommon ? this.#holdCommon(target) : this.#outlet(this.#openLog(service.config.id, target));
  }

  #holdCommon(target: FileTarget): Outlet {
    const key = `${target.softBytes} ${target.hardBytes} ${target.path}`;
    const common = this.#common.get(key) ?? { log: this.#openLog('common', target), holders: 0 };
    this.#common.set(key, common);
    common.holders += 1;
    return this.#outlet(common.log, () => {
      common.holders -= 1;
      if (common.holders > 0) return false;
      this.#common.delete(key);
      return true;
    });
  }

  #openLog(name: string, target: FileTarget): FileLog {
    for (const closed of this.#open) if (closed.isDone) this.#open.delete(closed);
    const log = new FileLog(name, target, this.#ports);
    this.#open.add(log);
    return log;
  }

  /** `isLast` is asked once, when the holder closes. */
  #outlet(log: FileLog, isLast: () => boolean = () => true): Outlet {
    let isHeld = true;
    return {
      write: (line) => log.write(line),
      close: () => {
        if (!isHeld) return;
        isHeld = false;
        if (isLast()) log.close();
      },
    };
  }
}

/** A thing made when first needed; `made` holds it from then on. */
function lazily<Thing>(make: () => Thing): { readonly get: () => Thing; readonly made: readonly Thing[] } {
  const made: Thing[] = [];
  return {
    made,
    get: () => {
      const thing = made[0] ?? make();
      if (made.length === 0) made.push(thing);
      return thing;
    },
  };
}
