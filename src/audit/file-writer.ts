// A log file, written by appending without ever blocking the loop. Before a write, though not more often than four
// times a second, the path is looked at: a file that was renamed or deleted is left for a new one, so that rotation
// needs no signal. A write that ends within a line, on a full disk, is taken back to the end of the line before.
// Opening happens at start and on reload and is synchronous; the constructor throws SystemError unless `watch` is given
// and only an obstacle (a link, a FIFO) is in the way. Owns its descriptor; a write under way ends on the one it began on.

import { ftruncate, lstat, write, writeSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { monotonicMs } from '../native/monotonic.ts';
import { SystemError } from '../native/system-error.ts';
import type { ByteWriter, WriteDone } from './line-sink.ts';
import { closeQuietly, isAnother, isObstacle, openLogFile, sizeOf, systemError } from './log-file.ts';
import type { LogFile, Strerror } from './log-file.ts';

const SETTLE_MS = 100;
const LOOK_MS = 250;
const NEWLINE = 0x0a;

/** Who hears of what becomes of the file by itself. */
export interface FileWatch {
  /** Another file than before, or the same one cut short by somebody. */
  readonly onReplaced: (sizeBytes: number) => void;
  /** Something is in the way; said once until it is gone. */
  readonly onObstacle: (error: SystemError) => void;
}

interface WriteUnderWay {
  readonly fd: number;
  readonly bytes: Uint8Array;
  readonly done: WriteDone;
  landed: number;
  /** The size of the file before the write began; undefined when the kernel would not say. */
  readonly sizeBefore: number | undefined;
}

/** Appends to one file. */
export class FileWriter implements ByteWriter {
  readonly #path: string;
  readonly #strerror: Strerror;
  readonly #watch: FileWatch | undefined;
  #file: LogFile;
  #current: WriteUnderWay | undefined;
  /** The write that waits for a look at the path. */
  #looking: object | undefined;
  #lookedMs = monotonicMs();
  /** What is in the way, once it has been said. */
  #obstacle: SystemError | undefined;
  #isClosed = false;

  /** `path` is a byte string. */
  constructor(path: string, strerror: Strerror, watch?: FileWatch) {
    this.#path = path;
    this.#strerror = strerror;
    this.#watch = watch;
    this.#file = this.#openFirst();
  }

  /** The size of the file when it was last opened. */
  get openedSizeBytes(): number {
    return this.#file.sizeBytes;
  }

  /** Opens the path again; throws SystemError and keeps the old file when it cannot. */
  reopen(): void {
    const old = this.#file;
    this.#file = openLogFile(this.#path, this.#strerror);
    this.#obstacle = undefined;
    if (old.fd !== CLOSED.fd && this.#current?.fd !== old.fd) closeQuietly(old.fd);
  }

  start(bytes: Uint8Array, done: WriteDone): void {
    const ticket = {};
    this.#looking = ticket;
    this.look(() => {
      if (this.#looking !== ticket) return done(0, undefined);
      this.#looking = undefined;
      this.#append(bytes, done);
    });
  }

  /** Looks whether the path still leads to this file, if the last look was long ago; then calls `next`. */
  look(next: () => void): void {
    const nowMs = monotonicMs();
    if (nowMs - this.#lookedMs < LOOK_MS) return next();
    this.#lookedMs = nowMs;
    lstat(Buffer.from(this.#path, 'latin1'), (error, status) => {
      if (!this.#isClosed) this.#seen(error, status);
      next();
    });
  }

  settleSync(): number {
    this.#looking = undefined;
    const current = this.#current;
    if (current === undefined) return 0;
    if (current.sizeBefore === undefined) return current.landed;
    const wanted = current.sizeBefore + current.bytes.length;
    const deadline = monotonicMs() + SETTLE_MS;
    while ((sizeOf(current.fd) ?? 0) < wanted) {
      if (monotonicMs() > deadline) return current.landed;
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
    this.#isClosed = true;
    if (this.#file.fd !== CLOSED.fd && this.#current?.fd !== this.#file.fd) closeQuietly(this.#file.fd);
    this.#file = CLOSED;
  }

  #openFirst(): LogFile {
    try {
      return openLogFile(this.#path, this.#strerror);
    } catch (error) {
      if (!(error instanceof SystemError) || this.#watch === undefined || !isObstacle(error)) throw error;
      this.#obstructed(error);
      return CLOSED;
    }
  }

  #seen(error: NodeJS.ErrnoException | null, status: Stats): void {
    // What cannot be looked at (EACCES, EIO) may still be written to.
    if (error !== null && error.code !== 'ENOENT') return;
    if (this.#file.fd === CLOSED.fd || error !== null || isAnother(this.#file, status)) return this.#replace();
    const isCut = status.size < this.#file.sizeBytes;
    this.#file = { ...this.#file, sizeBytes: status.size };
    if (isCut) this.#watch?.onReplaced(status.size);
  }

  #replace(): void {
    try {
      this.reopen();
      this.#watch?.onReplaced(this.#file.sizeBytes);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      if (this.#obstacle === undefined) this.#obstructed(error);
    }
  }

  #obstructed(error: SystemError): void {
    this.#obstacle = error;
    this.#watch?.onObstacle(error);
  }

  #append(bytes: Uint8Array, done: WriteDone): void {
    const { fd } = this.#file;
    if (fd === CLOSED.fd) return void setImmediate(done, 0, this.#obstacle);
    const current: WriteUnderWay = { fd, bytes, done, landed: 0, sizeBefore: sizeOf(fd) };
    this.#current = current;
    const step = (): void => {
      write(fd, bytes, current.landed, bytes.length - current.landed, null, (error, written) => {
        current.landed += written;
        if (error === null && written > 0 && current.landed < bytes.length) step();
        else if (current.landed < bytes.length) this.#takeBack(current, error);
        else this.#end(current, undefined);
      });
    };
    step();
  }

  /** Half a line is taken back, unless somebody else has written behind it. */
  #takeBack(current: WriteUnderWay, error: NodeJS.ErrnoException | null): void {
    const { fd, bytes, landed, sizeBefore } = current;
    const failure = this.#failure(error);
    const whole = landed === 0 ? 0 : bytes.lastIndexOf(NEWLINE, landed - 1) + 1;
    if (whole === landed || sizeBefore === undefined || sizeOf(fd) !== sizeBefore + landed)
      return this.#end(current, failure);
    ftruncate(fd, sizeBefore + whole, (refused) => {
      if (refused === null) current.landed = whole;
      this.#end(current, failure);
    });
  }

  /** A descriptor that was replaced or closed during the write is closed now. */
  #end(current: WriteUnderWay, error: Error | undefined): void {
    this.#current = undefined;
    if (current.fd !== this.#file.fd) closeQuietly(current.fd);
    current.done(current.landed, error);
  }

  #failure(error: NodeJS.ErrnoException | null): Error {
    if (error !== null) return systemError('write', error, this.#path, this.#strerror);
    return new Error(`short write to ${this.#path}`);
  }
}

const CLOSED: LogFile = { fd: -1, device: -1, inode: -1, sizeBytes: 0 };
const SLEEPER = new Int32Array(new SharedArrayBuffer(4));
