// echo (RFC 862): sends back what comes. On a stream nothing is lost: while the client does not read, nothing more is read
// from it, and after its end of file the rest is sent before closing.

import { receiveNow, sendNow } from '../../native/binding.ts';
import { answering } from './answer.ts';
import type { DatagramBuiltin, StreamBuiltin } from './builtin.ts';
import { openSession } from './session.ts';
import type { Next } from './session.ts';

const READ_BYTES = 16_384;
const scratch = new Uint8Array(READ_BYTES);

export const ECHO_STREAM: StreamBuiltin = {
  name: 'echo',
  socketType: 'stream',
  isForking: true,
  serveStream: (fd, attendance) => openSession(fd, 'read', echoing(fd), attendance),
};

export const ECHO_DATAGRAM: DatagramBuiltin = {
  name: 'echo',
  socketType: 'dgram',
  isForking: false,
  serveDatagram: answering((request) => request),
};

/** One read and one write at a time; `pending` is what the client has not yet taken of the last read. */
function echoing(fd: number): () => Next {
  let pending: Uint8Array | undefined;
  return () => {
    if (pending === undefined) {
      const length = receiveNow(fd, scratch);
      if (length === undefined) return 'read';
      if (length === 0) return 'end';
      pending = scratch.subarray(0, length);
    }
    const sent = sendNow(fd, pending);
    const isAllSent = sent === pending.length;
    pending = isAllSent ? undefined : pending.slice(sent);
    return isAllSent ? 'read' : 'write';
  };
}
