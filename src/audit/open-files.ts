// The log files of all services: one of its own for each service that names a file, one common file for the services that
// take theirs from `defaults`. A file that is named again, as after a reload, is the same log, with all that still waits
// to be written. Opening throws SystemError.

import type { Service } from '../config/service.ts';
import { FileLog } from './file-log.ts';
import type { FileLogPorts, FileTarget } from './file-log.ts';

/** A place for finished lines that one or more services hold. */
export interface Outlet {
  readonly write: (line: string) => void;
  readonly close: () => void;
}

interface HeldLog {
  readonly log: FileLog;
  holders: number;
}

/** The files now open (or closed with lines still to land). */
export class OpenFiles {
  readonly #ports: FileLogPorts;
  readonly #open = new Set<FileLog>();
  readonly #held = new Map<string, HeldLog>();

  constructor(ports: FileLogPorts) {
    this.#ports = ports;
  }

  get all(): readonly FileLog[] {
    return [...this.#open];
  }

  /** A log closes with its last holder. */
  hold(service: Service, target: FileTarget): Outlet {
    const name = service.origins.log_type?.from === 'defaults' ? 'common' : service.config.id;
    const key = JSON.stringify([name, target]);
    const held = this.#held.get(key) ?? { log: this.#openLog(name, target), holders: 0 };
    this.#held.set(key, held);
    held.holders += 1;
    let isHeld = true;
    return {
      write: (line) => held.log.write(line),
      close: () => {
        if (isHeld) this.#release(key, held);
        isHeld = false;
      },
    };
  }

  #openLog(name: string, target: FileTarget): FileLog {
    for (const closed of this.#open) if (closed.isDone) this.#open.delete(closed);
    const log = new FileLog(name, target, this.#ports);
    this.#open.add(log);
    return log;
  }

  #release(key: string, held: HeldLog): void {
    held.holders -= 1;
    if (held.holders > 0) return;
    this.#held.delete(key);
    held.log.close();
  }
}
