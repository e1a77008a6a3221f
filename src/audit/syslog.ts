// A client of syslogd: `<pri>Mon DD HH:MM:SS tag[pid]: text` over a unix datagram socket, never blocking and throwing
// nothing. Source: RFC 3164; compat/044-syslog.

import type { SyslogFacility, SyslogLevel } from '../config/attributes/values.ts';
import { DatagramChannel } from './datagram-channel.ts';
import type { DatagramPort } from './datagram-channel.ts';
import type { LineSink } from './line-sink.ts';
import { syslogStamp } from './stamp.ts';

/** The calls of its socket. */
export type SyslogPort = DatagramPort;

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

const MESSAGE_LIMIT = 8192;

/** The number in front of a datagram. */
export function syslogPriority(facility: SyslogFacility, level: SyslogLevel): number {
  return FACILITIES[facility] * 8 + SEVERITIES[level];
}

/** The process's one connection to syslogd. */
export class SyslogChannel {
  readonly #channel: DatagramChannel;
  readonly #nowMs: () => number;
  readonly #stamp = syslogStamp();
  readonly #prefix: string;

  constructor({ port, tag, pid, nowMs, onDropped, path = '/dev/log' }: SyslogOptions) {
    this.#channel = new DatagramChannel({ port, path, nowMs, onDropped });
    this.#nowMs = nowMs;
    this.#prefix = ` ${tag}[${pid}]: `;
  }

  /** Sends a message, or keeps it until it can be sent. */
  send(priority: number, text: string): void {
    const line = `<${priority}>${this.#stamp(this.#nowMs())}${this.#prefix}${text.slice(0, MESSAGE_LIMIT)}`;
    this.#channel.send(Buffer.from(line, 'latin1'));
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
    return this.#channel.drain();
  }

  flushSync(): void {
    this.#channel.flushSync();
  }
}
