// A unix datagram socket to a logging daemon (syslogd, journald), never blocking. What cannot be sent now waits in a bounded
// queue and is tried again with back-off; a daemon that came back (ECONNREFUSED, ENOENT, ENOTCONN) is connected to anew; what
// does not fit is counted and reported. When nobody has listened for a while the timer rests until the next message,
// so an idle machine without the daemon is not woken. Throws nothing.

import { monotonicMs } from '../native/monotonic.ts';
import { SystemError } from '../native/system-error.ts';

/** The three calls it makes; `native/binding.ts` has them. */
export interface DatagramPort {
  /** Connects a unix datagram socket; throws SystemError. */
  readonly open: (path: string) => number;
  /** Sends without blocking; 0 when it would block; throws SystemError. */
  readonly send: (fd: number, bytes: Uint8Array) => number;
  readonly close: (fd: number) => void;
}

export interface DatagramOptions {
  readonly port: DatagramPort;
  readonly path: string;
  /** Any clock. */
  readonly nowMs: () => number;
  /** There is room again, and so many messages were lost. */
  readonly onDropped: (messages: number) => void;
}

const QUEUE_LIMIT_BYTES = 1024 * 1024;
const FIRST_RETRY_MS = 10;
const LAST_RETRY_MS = 5000;
const TIMED_RETRIES = 12;
const FLUSH_MS = 100;
const EMSGSIZE = 90;
const ENOBUFS = 105;
const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

/** One connection to one logging daemon. */
export class DatagramChannel {
  readonly #options: DatagramOptions;
  #fd: number | undefined;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #dropped = 0;
  #failures = 0;
  #lastTryMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #drained: (() => void)[] = [];

  constructor(options: DatagramOptions) {
    this.#options = options;
  }

  /** Sends a message, or keeps it until it can be sent. */
  send(bytes: Uint8Array): void {
    if (this.#queue.length === 0 && this.#trySend(bytes)) return;
    this.#enqueue(bytes);
    if (this.#timer !== undefined) return;
    // The timer rests: this message is the occasion to try again, though not more often than it did last.
    const isLater = Math.abs(this.#options.nowMs() - this.#lastTryMs) >= LAST_RETRY_MS;
    if (this.#failures === 0 || isLater) this.#wait();
  }

  /** Resolves when the queue is empty or nobody listens. */
  drain(): Promise<void> {
    if (this.#timer === undefined) return Promise.resolve();
    this.#timer.ref();
    return new Promise((resolve) => {
      this.#drained.push(resolve);
    });
  }

  flushSync(): void {
    const deadline = monotonicMs() + FLUSH_MS;
    while (!this.#sendQueue() && this.#fd !== undefined && monotonicMs() < deadline) Atomics.wait(SLEEPER, 0, 0, 1);
  }

  #enqueue(bytes: Uint8Array): void {
    if (this.#queuedBytes + bytes.length > QUEUE_LIMIT_BYTES) {
      this.#dropped += 1;
      return;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
  }

  #wait(): void {
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LAST_RETRY_MS);
    this.#timer = setTimeout(() => this.#retry(), delayMs);
    if (this.#drained.length === 0) this.#timer.unref();
  }

  #retry(): void {
    this.#timer = undefined;
    this.#lastTryMs = this.#options.nowMs();
    const waiting = this.#queue.length;
    const isEmpty = this.#sendQueue();
    // A syslogd that takes some is slow, not gone.
    this.#failures = this.#queue.length < waiting ? 0 : this.#failures + 1;
    if (!isEmpty && this.#failures < TIMED_RETRIES) return this.#wait();
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** Sends from the head of the queue; true when it is empty. */
  #sendQueue(): boolean {
    let sent = 0;
    for (const bytes of this.#queue) {
      if (!this.#trySend(bytes)) break;
      this.#queuedBytes -= bytes.length;
      sent += 1;
    }
    this.#queue.splice(0, sent);
    if (sent > 0) this.#reportDropped();
    return this.#queue.length === 0;
  }

  /** True when the message needs no further care. A stale connection is made anew once. */
  #trySend(bytes: Uint8Array): boolean {
    const isNew = this.#fd === undefined;
    const outcome = this.#sendOnce(bytes);
    if (outcome !== 'disconnected' || isNew) return outcome === 'sent';
    return this.#sendOnce(bytes) === 'sent';
  }

  #sendOnce(bytes: Uint8Array): 'sent' | 'later' | 'disconnected' {
    const { port, path } = this.#options;
    try {
      this.#fd ??= port.open(path);
      return port.send(this.#fd, bytes) > 0 ? 'sent' : 'later';
    } catch (error) {
      return this.#onError(error);
    }
  }

  #onError(error: unknown): 'sent' | 'later' | 'disconnected' {
    const errno = error instanceof SystemError ? error.errno : 0;
    if (errno === ENOBUFS) return 'later';
    if (errno === EMSGSIZE) {
      this.#dropped += 1;
      return 'sent';
    }
    if (this.#fd !== undefined) this.#options.port.close(this.#fd);
    this.#fd = undefined;
    return 'disconnected';
  }

  #reportDropped(): void {
    const messages = this.#dropped;
    this.#dropped = 0;
    if (messages > 0) this.#options.onDropped(messages);
  }
}
