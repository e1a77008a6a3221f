// The log files of all services: one of its own for each service that names a file, one common file for the services that
// take theirs from `defaults`. Opening throws SystemError.

import type { Service } from '../config/service.ts';
import { FileLog } from './file-log.ts';
import type { FileLogPorts, FileTarget } from './file-log.ts';

/** A place for finished lines that one or more services hold. */
export interface Outlet {
  readonly write: (line: string) => void;
  readonly close: () => void;
}

/** The files now open (or closed with lines still to land); the common log closes with the last service that holds it. */
export class OpenFiles {
  readonly #ports: FileLogPorts;
  readonly #open = new Set<FileLog>();
  readonly #common = new Map<string, { readonly log: FileLog; holders: number }>();

  constructor(ports: FileLogPorts) {
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
