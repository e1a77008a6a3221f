// discard (RFC 863): reads and forgets; a stream until its end of file, a datagram without an answer.

import { receiveNow } from '../../native/binding.ts';
import { answering } from './answer.ts';
import type { DatagramBuiltin, StreamBuiltin } from './builtin.ts';
import { openSession } from './session.ts';
import type { Next } from './session.ts';

const READ_BYTES = 65_536;
const READS_PER_TURN = 8;
const scratch = new Uint8Array(READ_BYTES);

export const DISCARD_STREAM: StreamBuiltin = {
  name: 'discard',
  socketType: 'stream',
  isForking: true,
  serveStream: (fd, attendance) => openSession(fd, 'read', () => discard(fd), attendance),
};

export const DISCARD_DATAGRAM: DatagramBuiltin = {
  name: 'discard',
  socketType: 'dgram',
  isForking: false,
  serveDatagram: answering(() => undefined),
};

/** Bounded, so that one fast sender does not keep the loop from the others. */
function discard(fd: number): Next {
  for (let turn = 0; turn < READS_PER_TURN; turn += 1) {
    const length = receiveNow(fd, scratch);
    if (length === 0) return 'end';
    if (length === undefined || length < READ_BYTES) return 'read';
  }
  return 'read';
}
