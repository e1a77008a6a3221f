// A client of syslogd over our own unix datagram socket: `<pri>Mon DD HH:MM:SS tag[pid]: text`, never blocking.
// What cannot be sent now waits in a bounded queue and is tried again with back-off; a daemon that came back
// (ECONNREFUSED, ENOENT, ENOTCONN) is connected to anew; what does not fit is counted and reported. When nobody has
// listened for a while the timer rests until the next message, so an idle machine without syslogd is not woken.
// Throws nothing. Source: RFC 3164; compat/044-syslog.

import type { SyslogFacility, SyslogLevel } from '../config/attributes/values.ts';
import { SystemError } from '../native/system-error.ts';
import type { LineSink } from './line-sink.ts';
import { syslogStamp } from './stamp.ts';

/** The three calls a syslog client makes; `native/binding.ts` has them. */
export interface SyslogPort {
  /** Connects a unix datagram socket; throws SystemError. */
  readonly open: (path: string) => number;
  /** Sends without blocking; 0 when it would block; throws SystemError. */
  readonly send: (fd: number, bytes: Uint8Array) => number;
  readonly close: (fd: number) => void;
}

export interface SyslogOptions {
  readonly port: SyslogPort;
  /** The program's name. */
  readonly tag: string;
  readonly pid: number;
  /** Wall clock. */
  readonly nowMs: () => number;
  /** There is room again, and so many messages were lost. */
  readonly onDropped: (messages: number) => void;
  readonly path?: string;
}

const FACILITIES: Readonly<Record<SyslogFacility, number>> = {
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  lpr: 6,
  news: 7,
  uucp: 8,
  authpriv: 10,
  ftp: 11,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
};

const SEVERITIES: Readonly<Record<SyslogLevel, number>> = {
  emerg: 0,
  alert: 1,
  crit: 2,
  err: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

const QUEUE_LIMIT_BYTES = 1024 * 1024;
const MESSAGE_LIMIT = 8192;
const FIRST_RETRY_MS = 10;
const LAST_RETRY_MS = 5000;
const TIMED_RETRIES = 12;
const FLUSH_MS = 100;
const EMSGSIZE = 90;
const ENOBUFS = 105;
const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

/** The number in front of a datagram. */
export function syslogPriority(facility: SyslogFacility, level: SyslogLevel): number {
  return FACILITIES[facility] * 8 + SEVERITIES[level];
}

/** The process's one connection to syslogd. */
export class SyslogChannel {
  readonly #options: SyslogOptions;
  readonly #stamp = syslogStamp();
  readonly #prefix: string;
  #fd: number | undefined;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #dropped = 0;
  #failures = 0;
  #lastTryMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #drained: (() => void)[] = [];

  constructor(options: SyslogOptions) {
    this.#options = options;
    this.#prefix = ` ${options.tag}[${options.pid}]: `;
  }

  /** Sends a message, or keeps it until it can be sent. */
  send(priority: number, text: string): void {
    const nowMs = this.#options.nowMs();
    const line = `<${priority}>${this.#stamp(nowMs)}${this.#prefix}${text.slice(0, MESSAGE_LIMIT)}`;
    const bytes = Buffer.from(line, 'latin1');
    if (this.#queue.length === 0 && this.#trySend(bytes)) return;
    this.#enqueue(bytes);
    if (this.#timer !== undefined) return;
    // The timer rests: this message is the occasion to try again, though not more often than it did last.
    if (this.#failures === 0 || Math.abs(nowMs - this.#lastTryMs) >= LAST_RETRY_MS) this.#wait();
  }

  /** One facility and level as a sink. */
  sink(facility: SyslogFacility, level: SyslogLevel): LineSink {
    const priority = syslogPriority(facility, level);
    return {
      write: (line) => this.send(priority, line),
      drain: () => this.drain(),
      flushSync: () => this.flushSync(),
      close: () => undefined,
    };
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
    const deadline = performance.now() + FLUSH_MS;
    while (!this.#sendQueue() && this.#fd !== undefined && performance.now() < deadline) Atomics.wait(SLEEPER, 0, 0, 1);
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
    const { port, path = '/dev/log' } = this.#options;
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
