// chargen (RFC 864): the ring of 93 characters in lines of 72, each one character further than the line before.
// After 95 lines it starts again. A stream has a ring of its own, all datagrams share the daemon's.
// compat: period, line lengths and the cut line of a datagram as in test/compat/011-internal-dgram.
// differs: D43 a datagram is answered with no more bytes than it has, so that nobody can use it against a third.

import { sendNow, shutdownFd } from '../../native/binding.ts';
import { answering } from './answer.ts';
import type { DatagramBuiltin, StreamBuiltin } from './builtin.ts';
import { openSession, stepOrEnd } from './session.ts';
import type { Next } from './session.ts';

const FIRST_CHARACTER = 0x21;
const RING_CHARACTERS = 93;
const LINE_CHARACTERS = 72;
const LINE_BYTES = LINE_CHARACTERS + 2;
/** Lines until the ring starts again: a ring of 166 characters holds the starts 0 to 94. */
const PERIOD_LINES = 95;
const PERIOD_BYTES = PERIOD_LINES * LINE_BYTES;
const DATAGRAM_BYTES = 1024;
const SEND_BYTES = 4 * PERIOD_BYTES;
const SENDS_PER_TURN = 4;

let rendered: Uint8Array | undefined;

export const CHARGEN_STREAM: StreamBuiltin = {
  name: 'chargen',
  socketType: 'stream',
  isForking: true,
  serveStream: (fd, attendance) => {
    stepOrEnd(() => {
      shutdownFd(fd, 'read');
      return 'write';
    });
    return openSession(fd, 'write', generating(fd), attendance);
  },
};

/** A datagram service with a ring of its own, which goes on from one reply to the next. */
export function chargenDatagram(): DatagramBuiltin {
  let line = 0;
  return {
    name: 'chargen',
    socketType: 'dgram',
    isForking: false,
    serveDatagram: answering((request) => {
      const length = Math.min(request.length, DATAGRAM_BYTES);
      const reply = datagramFrom(line, length);
      line = (line + Math.ceil(length / LINE_BYTES)) % PERIOD_LINES;
      return reply;
    }),
  };
}

/** Sends as much as fits, a bounded number of times, so that one fast reader does not keep the loop from the others. */
function generating(fd: number): () => Next {
  let offset = 0;
  return () => {
    for (let turn = 0; turn < SENDS_PER_TURN; turn += 1) {
      const sent = sendNow(fd, lines().subarray(offset, offset + SEND_BYTES));
      if (sent === 0) break;
      offset = (offset + sent) % PERIOD_BYTES;
    }
    return 'write';
  };
}

/** Whole lines, and a last one cut so that it still ends in CR LF. */
function datagramFrom(line: number, length: number): Uint8Array {
  const start = line * LINE_BYTES;
  const reply = lines().slice(start, start + length);
  if (length >= 2) reply.set([0x0d, 0x0a], length - 2);
  return reply;
}

/** Made at the first use. */
function lines(): Uint8Array {
  rendered ??= renderLines();
  return rendered;
}

/** Five periods, so that any stretch to be sent lies in one piece. */
function renderLines(): Uint8Array {
  const bytes = new Uint8Array(SEND_BYTES + PERIOD_BYTES);
  for (let index = 0; index < bytes.length; index += 1) {
    const column = index % LINE_BYTES;
    const start = Math.floor(index / LINE_BYTES) % PERIOD_LINES;
    bytes[index] = FIRST_CHARACTER + ((start + column) % RING_CHARACTERS);
    if (column === LINE_CHARACTERS) bytes[index] = 0x0d;
    if (column === LINE_CHARACTERS + 1) bytes[index] = 0x0a;
  }
  return bytes;
}
