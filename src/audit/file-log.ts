// A log file with its size limits: the file of one service, or the common log of the services that share it.
// Constructing throws SystemError, unless a link or a FIFO stands where the file should be: then lines wait until it is
// gone. Afterwards trouble is only reported. Owns the sink and its descriptor.

import type { LogTarget } from '../config/attributes/values.ts';
import { SystemError } from '../native/system-error.ts';
import { FileWriter } from './file-writer.ts';
import { BufferedSink } from './line-sink.ts';
import type { SinkTrouble } from './line-sink.ts';
import { isObstacle } from './log-file.ts';
import type { Report } from './report.ts';
import { SizeLimit } from './size-limit.ts';

/** What `log_type = FILE` says. */
export type FileTarget = Extract<LogTarget, { kind: 'file' }>;

export interface FileLogPorts {
  readonly report: Report;
  readonly strerror: (errno: number) => string;
}

/** Lines into a file, as long as its limits allow. */
export class FileLog {
  /** A service's id, or `common`. */
  readonly #name: string;
  readonly #report: Report;
  readonly #writer: FileWriter;
  readonly #sink: BufferedSink;
  readonly #limit: SizeLimit;
  #isClosing = false;

  constructor(name: string, target: FileTarget, ports: FileLogPorts) {
    this.#name = name;
    this.#report = ports.report;
    this.#limit = new SizeLimit(target);
    this.#writer = new FileWriter(target.path, ports.strerror, {
      onReplaced: (sizeBytes) => this.#tell(this.#limit.opened(sizeBytes)),
      onObstacle: (error) => ports.report('error', 'log_open', obstacleText(name, error)),
    });
    this.#sink = new BufferedSink(this.#writer, sinkTrouble(name, ports.report));
    this.#tell(this.#limit.opened(this.#writer.openedSizeBytes));
  }

  write(line: string): void {
    // A log that has fallen silent speaks again when it has been rotated.
    if (this.#limit.isSilent) return this.#writer.look(() => undefined);
    this.#sink.write(line);
    this.#tell(this.#limit.add(line.length + 1));
  }

  /** Opens the path again, for rotation; the old file stays when that fails. */
  reopen(): void {
    try {
      this.#writer.reopen();
    } catch (error) {
      this.#report('error', 'log_reopen', `reopening of ${this.#name} log failed: ${describe(error)}`);
      return;
    }
    this.#tell(this.#limit.opened(this.#writer.openedSizeBytes));
    this.#sink.resume();
  }

  /** No longer to be reopened. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Closed, and nothing waits any more. */
  get isDone(): boolean {
    return this.#sink.isClosed;
  }

  drain(): Promise<void> {
    return this.#sink.drain();
  }

  flushSync(): void {
    this.#sink.flushSync();
  }

  close(): void {
    this.#isClosing = true;
    this.#sink.close();
  }

  #tell(crossed: readonly ('soft' | 'hard')[]): void {
    for (const limit of crossed) {
      if (limit === 'soft') this.#report('warning', 'log_limits', `soft limit exceeded on '${this.#name}'`);
      else this.#report('error', 'log_limits', `Size of ${this.#name} log exceeded hard limit`);
    }
  }
}

/** Reports a sink's trouble under the log's name. */
export function sinkTrouble(name: string, report: Report): SinkTrouble {
  return {
    onFailure: (error) => report('error', 'log_write', `writing to ${name} log failed: ${describe(error)}`),
    onDropped: (lines) => report('warning', 'log_write', `${lines} line(s) of ${name} log were lost`),
  };
}

function obstacleText(name: string, error: SystemError): string {
  const what = `open( ${error.subject} ) failed: ${error.described}`;
  return isObstacle(error)
    ? `${name} log waits until no link or FIFO is in its way: ${what}`
    : `${name} log stays in its old file: ${what}`;
}

function describe(error: unknown): string {
  if (error instanceof SystemError) return error.described;
  return error instanceof Error ? error.message : String(error);
}
