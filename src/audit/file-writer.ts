// A log file: opened so that no FIFO, device or planted link can stop or divert the daemon, written by appending.
// Opening happens at start and on reload and is synchronous; throws SystemError. Writing never blocks the loop.
// Owns its descriptor. Rotation: `reopen` swaps the descriptor; a write under way ends on the old one.

import { closeSync, constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { SystemError } from '../native/system-error.ts';
import type { ByteWriter, WriteDone } from './line-sink.ts';

const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const MODE = 0o644;
const SETTLE_MS = 100;
const EINVAL = 22;

/** A file opened for appending; the descriptor is close-on-exec. */
interface OpenFile {
  readonly fd: number;
  readonly sizeBytes: number;
}

interface WriteUnderWay {
  readonly fd: number;
  readonly bytes: Uint8Array;
  landed: number;
  /** The size of the file before the write began; undefined when the kernel would not say. */
  sizeBefore: number | undefined;
}

/** Appends to one file. */
export class FileWriter implements ByteWriter {
  readonly #path: string;
  readonly #strerror: (errno: number) => string;
  #file: OpenFile;
  #current: WriteUnderWay | undefined;

  /** `path` is a byte string; throws SystemError. */
  constructor(path: string, strerror: (errno: number) => string) {
    this.#path = path;
    this.#strerror = strerror;
    this.#file = openLog(path, strerror);
  }

  /** The size of the file when it was opened. */
  get openedSizeBytes(): number {
    return this.#file.sizeBytes;
  }

  /** Opens the path again; throws SystemError and keeps the old file when it cannot. */
  reopen(): void {
    const old = this.#file;
    this.#file = openLog(this.#path, this.#strerror);
    if (this.#current?.fd !== old.fd) closeQuietly(old.fd);
  }

  start(bytes: Uint8Array, done: WriteDone): void {
    const current: WriteUnderWay = { fd: this.#file.fd, bytes, landed: 0, sizeBefore: undefined };
    this.#current = current;
    const step = (): void => {
      current.sizeBefore = sizeOf(current.fd);
      write(current.fd, bytes, current.landed, bytes.length - current.landed, null, (error, written) => {
        current.landed += written;
        if (error === null && written > 0 && current.landed < bytes.length) step();
        else this.#end(current.fd, () => done(current.landed, this.#failure(error, current.landed < bytes.length)));
      });
    };
    step();
  }

  settleSync(): number {
    const current = this.#current;
    if (current === undefined) return 0;
    const left = current.bytes.length - current.landed;
    if (current.sizeBefore === undefined) return current.landed;
    const deadline = performance.now() + SETTLE_MS;
    while ((sizeOf(current.fd) ?? 0) - current.sizeBefore < left) {
      if (performance.now() > deadline) return current.landed;
      Atomics.wait(SLEEPER, 0, 0, 1);
    }
    return current.bytes.length;
  }

  writeSync(bytes: Uint8Array): number {
    try {
      return writeSync(this.#file.fd, bytes);
    } catch {
      return 0;
    }
  }

  close(): void {
    if (this.#file.fd !== CLOSED && this.#current?.fd !== this.#file.fd) closeQuietly(this.#file.fd);
    this.#file = { fd: CLOSED, sizeBytes: 0 };
  }

  /** A descriptor that was replaced or closed during the write is closed now. */
  #end(fd: number, done: () => void): void {
    this.#current = undefined;
    if (fd !== this.#file.fd) closeQuietly(fd);
    done();
  }

  #failure(error: NodeJS.ErrnoException | null, isShort: boolean): Error | undefined {
    if (error !== null) return systemError('write', error, this.#path, this.#strerror);
    return isShort ? new Error(`short write to ${this.#path}`) : undefined;
  }
}

const CLOSED = -1;
const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

/** Regular files, and character devices such as /dev/null; what the kernel cannot tell (EIO) is taken for a file. */
function openLog(path: string, strerror: (errno: number) => string): OpenFile {
  const fd = tryOpen(path, strerror);
  const status = statusOf(fd);
  if (status === undefined) return { fd, sizeBytes: 0 };
  if (status.isFile() || status.isCharacterDevice()) return { fd, sizeBytes: status.size };
  closeQuietly(fd);
  throw new SystemError('open', EINVAL, path, 'Not a regular file');
}

function tryOpen(path: string, strerror: (errno: number) => string): number {
  try {
    return openSync(Buffer.from(path, 'latin1'), FLAGS, MODE);
  } catch (error) {
    throw systemError('open', error, path, strerror);
  }
}

function systemError(call: string, error: unknown, path: string, strerror: (errno: number) => string): SystemError {
  const hasErrno = error instanceof Error && 'errno' in error && typeof error.errno === 'number';
  const errno = hasErrno ? Math.abs(Number(error.errno)) : EINVAL;
  return new SystemError(call, errno, path, strerror(errno));
}

function sizeOf(fd: number): number | undefined {
  return statusOf(fd)?.size;
}

/** Asked of open files only: a failing disk must not end the daemon. */
function statusOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd);
  } catch {
    return undefined;
  }
}

/** The descriptor is gone even where close(2) fails; what failed to land then has been reported by its write. */
function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {}
}
