// Datagrams as the daemon meets them: who sent the one that waits, take it away, and may it be answered.
// Shell over recvfrom(2); keeps no state but the guard's list of ports. Nothing blocks.
// Source: spec 6.1 (peek), 6.2 (queued datagrams), 7 (replies to low ports).

import { datagramStamp, receiveFrom } from '../native/binding.ts';
import type { Datagram } from '../native/binding.ts';

/** What is peeked at is not looked at. */
const anyByte = new Uint8Array(1);

/** Who sent the datagram that waits first, which stays queued; undefined when none waits. Throws SystemError for recvfrom. */
export function peekSender(fd: number): Datagram | undefined {
  return receiveFrom(fd, anyByte, true);
}

/** Takes one datagram off the queue unread; false when none waits. Throws SystemError for recvfrom. */
export function dropDatagram(fd: number): boolean {
  return receiveFrom(fd, anyByte, false) !== undefined;
}

/** Tells the datagram that waits first from every other; 0 when none waits. */
export function stampOfWaiting(fd: number): number {
  return datagramStamp(fd) ?? 0;
}

/**
 * Drops the datagram that started a server, by its stamp, when the server has left it unread; says whether it did. Throws
 * SystemError for recvfrom. differs: D35, the reference throws every queued datagram away.
 */
export function dropIfUnread(fd: number, stamp: number): boolean {
  return datagramStamp(fd) === stamp && dropDatagram(fd);
}

/** Ports whose services answer anything, so that a forged sender would make two of them talk for ever. */
const ANSWERING_PORTS: ReadonlySet<number> = new Set([
  0, 7, 9, 11, 13, 17, 19, 37, 53, 69, 111, 123, 137, 138, 161, 162, 389, 427, 500, 517, 518, 520, 623, 1900, 5353,
  11211,
]);

/** Refuses replies that could start a loop: to ports that answer anything, and to our own built-in datagram services. */
export class ReplyGuard {
  readonly #ownPorts = new Map<number, number>();

  /** A built-in datagram service began to listen on this port. */
  addOwnPort(port: number): void {
    this.#ownPorts.set(port, (this.#ownPorts.get(port) ?? 0) + 1);
  }

  /** It ended. */
  removeOwnPort(port: number): void {
    const left = (this.#ownPorts.get(port) ?? 0) - 1;
    if (left > 0) this.#ownPorts.set(port, left);
    else this.#ownPorts.delete(port);
  }

  /** Whether a reply to this sender is safe. differs: D43, the reference answers every port. */
  mayReply(sender: Datagram): boolean {
    return !ANSWERING_PORTS.has(sender.port) && !this.#ownPorts.has(sender.port);
  }
}
