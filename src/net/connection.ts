// An accepted connection: its descriptor, who is at the other end, and when it came.
// Owner of the descriptor until it is released or closed; neither logs nor decides anything.

import { closeFd } from '../native/binding.ts';
import type { Person } from '../native/socket-kinds.ts';
import { nextRequestNumber } from './request-number.ts';

/** The peer's address as accept(2) gave it. */
export interface Peer {
  readonly family: 4 | 6;
  readonly port: number;
  /** As inet_ntop(3) prints it, `::ffff:192.0.2.1` for a mapped address. */
  readonly text: string;
  /** Unsigned 32-bit words; an IPv4 address stands in the first. */
  readonly words: readonly [number, number, number, number];
  /** Who called, on a unix socket; the address then says nothing. */
  readonly person?: Person;
}

/** One accepted connection; closes its descriptor once, unless somebody else has taken it. */
export class Connection {
  readonly peer: Peer;
  /** By the clock that was handed to the listener. */
  readonly acceptedAtMs: number;
  readonly requestNumber = nextRequestNumber();
  #fd: number;

  constructor(fd: number, peer: Peer, acceptedAtMs: number) {
    this.#fd = fd;
    this.peer = peer;
    this.acceptedAtMs = acceptedAtMs;
  }

  /** The descriptor, still owned by this object; -1 once it is gone. */
  get fd(): number {
    return this.#fd;
  }

  /** Hands the descriptor to the caller, who closes it from now on. */
  release(): number {
    const fd = this.#fd;
    this.#fd = -1;
    return fd;
  }

  /** Closes the descriptor; does nothing the second time or after a release. */
  close(): void {
    const fd = this.release();
    if (fd >= 0) closeFd(fd);
  }
}
