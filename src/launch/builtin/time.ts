// time (RFC 868): the seconds since 1900 in four bytes, most significant first.

import { sendNow } from '../../native/binding.ts';
import { answering } from './answer.ts';
import type { DatagramBuiltin, StreamBuiltin } from './builtin.ts';
import { sendAndClose } from './session.ts';

/** Seconds from 1900-01-01 to 1970-01-01. */
const SECONDS_TO_1970 = 2_208_988_800;

export const TIME_STREAM: StreamBuiltin = {
  name: 'time',
  socketType: 'stream',
  isForking: false,
  serveStream: (fd, { onEnd }) => sendAndClose(fd, () => sendNow(fd, timeBytes(Date.now())), onEnd),
};

export const TIME_DATAGRAM: DatagramBuiltin = {
  name: 'time',
  socketType: 'dgram',
  isForking: false,
  serveDatagram: answering(() => timeBytes(Date.now())),
};

/** The reply for a moment in milliseconds since 1970; it wraps in 2036 as the protocol does. */
export function timeBytes(nowMs: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, (Math.floor(nowMs / 1000) + SECONDS_TO_1970) % 2 ** 32);
  return bytes;
}
