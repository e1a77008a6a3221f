// A standard stream or terminal behind a sink: `log_type = STDOUT`, stderr in the foreground, the terminal of -d.
// Node's stream would buffer without bound for a reader that stops; the sink above it hands over one block at a time,
// so that at most one block waits inside. A reader that is gone is a failed write, never an exception. A file behind the
// descriptor is written to without the stream, which would be of no use any more after a full disk.

import { fstatSync, writeSync } from 'node:fs';
import type { ByteWriter, WriteDone } from './line-sink.ts';

/** What is needed of a stream. */
export interface OutputStream {
  write(bytes: Uint8Array, done: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Writes to one stream. */
export class StreamWriter implements ByteWriter {
  readonly #stream: OutputStream;
  readonly #fd: number;
  readonly #isFile: boolean;

  /** `fd` is the descriptor under the stream; it stays the process's. */
  constructor(stream: OutputStream, fd: number) {
    this.#stream = stream;
    this.#fd = fd;
    this.#isFile = isFile(fd);
    // Each failed write says so through its callback as well.
    this.#stream.on('error', () => undefined);
  }

  start(bytes: Uint8Array, done: WriteDone): void {
    if (this.#isFile) return done(...this.#writeToFile(bytes));
    this.#stream.write(bytes, (error) => done(error instanceof Error ? 0 : bytes.length, error ?? undefined));
  }

  /** A block handed over is the stream's: Node writes it at once unless the reader has stopped. */
  settleSync(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  writeSync(bytes: Uint8Array): number {
    try {
      return writeSync(this.#fd, bytes);
    } catch {
      return 0;
    }
  }

  /** The stream belongs to the process. */
  close(): void {}

  /** At once, as Node does it too. */
  #writeToFile(bytes: Uint8Array): Parameters<WriteDone> {
    try {
      const written = writeSync(this.#fd, bytes);
      return [written, written < bytes.length ? new Error('short write') : undefined];
    } catch (error) {
      return [0, error instanceof Error ? error : new Error(String(error))];
    }
  }
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}
