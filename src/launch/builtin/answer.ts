// One datagram in, at most one out: the common part of the built-ins that answer datagrams.
// A reply that cannot be sent at once, or at all, is given up.

import { receiveNow, replyTo } from '../../native/binding.ts';
import type { Datagram } from '../../native/binding.ts';
import { SystemError } from '../../native/system-error.ts';
import type { DatagramBuiltin } from './builtin.ts';

/** Longest datagram that is read; the rest of a longer one is cut off. */
export const MOST_DATAGRAM_BYTES = 2048;

const received = new Uint8Array(MOST_DATAGRAM_BYTES);

/** Makes `serveDatagram` out of what to answer; undefined for no answer. The bytes handed in are valid during the call only. */
export function answering(reply: (request: Uint8Array) => Uint8Array | undefined): DatagramBuiltin['serveDatagram'] {
  return (fd, sender, mayReply) => {
    const length = receiveNow(fd, received);
    if (length === undefined || !mayReply(sender)) return;
    const answer = reply(received.subarray(0, length));
    if (answer !== undefined) sendReply(fd, answer, sender);
  };
}

function sendReply(fd: number, answer: Uint8Array, sender: Datagram): void {
  try {
    replyTo(fd, answer, sender);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
}
