// Datagrams as the daemon meets them: who sent the one that waits, take it away, and may it be answered.
// Shell over recvfrom(2); keeps no state but the guard's list of ports. Nothing blocks.
// Source: spec 6.1 (peek), 6.2 (queued datagrams), 7 (replies to low ports).

import { receiveFrom } from '../native/binding.ts';
import type { Datagram } from '../native/binding.ts';

const HEAD_BYTES = 512;
const headBuffer = new Uint8Array(HEAD_BYTES);

/** What is known of a waiting datagram without taking it: enough to know it again. */
export interface WaitingDatagram {
  readonly sender: Datagram;
  /** Its first bytes. */
  readonly head: Uint8Array;
}

/** Who sent the datagram that waits first, which stays queued; undefined when none waits. Throws SystemError for recvfrom. */
export function peekSender(fd: number): Datagram | undefined {
  return receiveFrom(fd, headBuffer, true);
}

/** The datagram that waits first, which stays queued; undefined when none waits. Throws SystemError for recvfrom. */
export function peekDatagram(fd: number): WaitingDatagram | undefined {
  const sender = peekSender(fd);
  return sender === undefined ? undefined : { sender, head: headBuffer.slice(0, sender.length) };
}

/** Takes one datagram off the queue unread; false when none waits. Throws SystemError for recvfrom. */
export function dropDatagram(fd: number): boolean {
  return receiveFrom(fd, headBuffer, false) !== undefined;
}

/**
 * Drops the datagram that started a server when the server has left it unread; says whether it did. A second datagram
 * with the same sender and content cannot be told from the first.
 * differs: D35, the reference throws every queued datagram away.
 */
export function dropIfUnread(fd: number, trigger: WaitingDatagram): boolean {
  const waiting = peekDatagram(fd);
  return waiting !== undefined && isSameDatagram(waiting, trigger) && dropDatagram(fd);
}

function isSameDatagram(one: WaitingDatagram, other: WaitingDatagram): boolean {
  return (
    one.sender.port === other.sender.port &&
    one.sender.text === other.sender.text &&
    one.head.length === other.head.length &&
    one.head.every((byte, index) => byte === other.head[index])
  );
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
