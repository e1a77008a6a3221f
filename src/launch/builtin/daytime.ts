// daytime (RFC 867): the local date and time as text, `21 NOV 2026 01:02:03 CET` and CR LF.

import { sendNow } from '../../native/binding.ts';
import { answering } from './answer.ts';
import type { DatagramBuiltin, StreamBuiltin } from './builtin.ts';
import { sendAndClose } from './session.ts';
import { zoneAbbreviation } from './zone.ts';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;

export const DAYTIME_STREAM: StreamBuiltin = {
  name: 'daytime',
  socketType: 'stream',
  isForking: false,
  serveStream: (fd, { onEnd }) => sendAndClose(fd, () => sendNow(fd, daytimeNow()), onEnd),
};

export const DAYTIME_DATAGRAM: DatagramBuiltin = {
  name: 'daytime',
  socketType: 'dgram',
  isForking: false,
  serveDatagram: answering(() => daytimeNow()),
};

/** The line for a moment, as strftime(3) would write `%d %b %Y %H:%M:%S %Z` in upper case. */
export function daytimeLine(now: Date, zone: string): string {
  const month = MONTHS[now.getMonth()] ?? '';
  const clock = [now.getHours(), now.getMinutes(), now.getSeconds()].map(twoDigits).join(':');
  return `${twoDigits(now.getDate())} ${month} ${now.getFullYear()} ${clock} ${zone}\r\n`;
}

function daytimeNow(): Uint8Array {
  const now = new Date();
  return Buffer.from(daytimeLine(now, zoneAbbreviation(now)), 'latin1');
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
