// What a built-in service is: a name, a socket type, and how it serves a connection or a datagram inside this process.
// Types only; the services are beside this file, the table is `index.ts`.
// Source: spec 7.

import type { Datagram } from '../../native/binding.ts';

export type BuiltinName = 'echo' | 'discard' | 'chargen' | 'daytime' | 'time' | ListingName;

/** The services that say what the daemon does; what they say comes from the daemon. */
export type ListingName = 'services' | 'servers';

/** A connection being served; `stop` closes it at once and `onEnd` is not called any more. */
export interface BuiltinSession {
  readonly stop: () => void;
}

/** What a built-in is given with each connection. */
export interface Attendance {
  /** Called once, after `serveStream` has returned, when the connection is closed. */
  readonly onEnd: () => void;
  /** A client that neither sends nor takes a byte for so long is closed; Infinity: never. */
  readonly idleMs: number;
  /** What a listing says to this caller, a byte string. */
  readonly listing: (name: ListingName) => string;
}

/** A built-in that serves connections. */
export interface StreamBuiltin {
  readonly name: BuiltinName;
  readonly socketType: 'stream';
  /** The reference forks for it: it counts as a running server and its end is logged. */
  readonly isForking: boolean;
  /** Serves a connection. Owns `fd` from now on and closes it. */
  readonly serveStream: (fd: number, attendance: Attendance) => BuiltinSession;
}

/** A built-in that answers datagrams. */
export interface DatagramBuiltin {
  readonly name: BuiltinName;
  readonly socketType: 'dgram';
  readonly isForking: false;
  /**
   * Takes the datagram that waits first, whose sender is known, off the queue and answers it if `mayReply` agrees. `fd` stays
   * the caller's. Throws SystemError for recv; a reply that fails is given up.
   */
  readonly serveDatagram: (fd: number, sender: Datagram, mayReply: (sender: Datagram) => boolean) => void;
}

export type Builtin = StreamBuiltin | DatagramBuiltin;
