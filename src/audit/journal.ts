// A client of journald over its native protocol: an entry is a datagram of `NAME=value` lines, so that
// `journalctl XINETD_SERVICE=ftp` finds what a service did. Never blocks, throws nothing; entries wait while journald is away.
// Source: systemd's NATIVE_JOURNAL_PROTOCOL.

import { DatagramChannel } from './datagram-channel.ts';
import type { DatagramOptions } from './datagram-channel.ts';
import { oneLine } from './harmless.ts';
import type { Fields } from './lines.ts';

/** Where journald listens. */
export const JOURNAL_PATH = '/run/systemd/journal/socket';

const NOTICE = 5;
const INFO = 6;
const DAEMON_FACILITY = 3;
const VALUE_LIMIT = 8192;

/** The process's one connection to journald. */
export class JournalChannel {
  readonly #channel: DatagramChannel;
  readonly #tag: string;

  /** `tag`: the program's name. */
  constructor(tag: string, options: DatagramOptions) {
    this.#channel = new DatagramChannel(options);
    this.#tag = tag;
  }

  /** Sends a record with the line that people read. */
  send(message: string, record: Fields): void {
    const isRefusal = record['event'] === 'fail' || record['event'] === 'noid';
    const head = { MESSAGE: message, PRIORITY: isRefusal ? NOTICE : INFO };
    const origin = { SYSLOG_FACILITY: DAEMON_FACILITY, SYSLOG_IDENTIFIER: this.#tag };
    let entry = linesOf({ ...head, ...origin });
    for (const [name, value] of Object.entries(record)) entry += linesOf({ [`XINETD_${name.toUpperCase()}`]: value });
    this.#channel.send(Buffer.from(entry, 'latin1'));
  }

  drain(): Promise<void> {
    return this.#channel.drain();
  }

  flushSync(): void {
    this.#channel.flushSync();
  }
}

function linesOf(fields: Fields): string {
  let lines = '';
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) lines += `${name}=${oneLine(String(value)).slice(0, VALUE_LIMIT)}\n`;
  return lines;
}
