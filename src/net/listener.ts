// One bound endpoint: watched for requests, paused and resumed, closed once.
// Shell without judgement: requests and troubles go up by callbacks, nothing is logged here.
// A failed accept (no descriptors, no memory) pauses this listener alone, with growing back-off, so that the loop never spins.

import { localPort, peerPerson, setBlocking, watchAccept, watchReadable } from '../native/binding.ts';
import type { Watch } from '../native/binding.ts';
import { Connection } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { closeSocket } from './open.ts';
import type { OpenedSocket } from './open.ts';

/** What a listener tells its owner. */
export interface ListenerEvents {
  /** A connection was accepted; the owner closes or releases it. */
  readonly onConnection: (connection: Connection) => void;
  /** Something waits on a socket that is handed over (`listener`, `datagram`); repeats until it is taken or `suspend` is called. */
  readonly onReadable: () => void;
  /** accept(2) failed; the listener rests for `pauseMs` and goes on by itself. */
  readonly onAcceptFailure: (errno: number, pauseMs: number) => void;
  /** Clock for `Connection.acceptedAtMs`. */
  readonly nowMs: () => number;
}

/** The longest rest stays below a second (differs: D45). */
const FIRST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 800;

/** A watched socket. Created suspended: `resume` begins the service. */
export class Listener {
  readonly endpoint: Endpoint;
  /** What was opened in the end. */
  readonly socket: OpenedSocket;
  /** The port in use, also where the configuration left it to the kernel. */
  readonly port: number;
  readonly #events: ListenerEvents;
  #fd: number;
  #watch: Watch | undefined;
  #isWatching = false;
  #isSuspended = true;
  #backOffMs = 0;
  #backOffTimer: NodeJS.Timeout | undefined;

  /** Takes the descriptor of `opened` over. */
  constructor(opened: OpenedSocket, endpoint: Endpoint, events: ListenerEvents) {
    this.#fd = opened.fd;
    this.endpoint = endpoint;
    this.socket = opened;
    this.#events = events;
    this.port = opened.spec.family !== 'unix' && opened.spec.port > 0 ? opened.spec.port : localPort(opened.fd);
  }

  /** The descriptor, owned here; -1 once closed. */
  get fd(): number {
    return this.#fd;
  }

  /** True while the owner wants no requests. */
  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  /** Stops hearing of requests; those that come wait in the kernel's queue. */
  suspend(): void {
    this.#isSuspended = true;
    this.#settle();
  }

  /** Hears of requests (again). */
  resume(): void {
    this.#isSuspended = false;
    this.#settle();
  }

  /**
   * Suspends and gives the descriptor to be handed to a server, which expects it to block; still owned here.
   * Readiness needs O_NONBLOCK on the description, which the server shares.
   */
  handOver(): number {
    this.suspend();
    setBlocking(this.#fd, true);
    return this.#fd;
  }

  /** Closes the socket and forgets everything; does nothing the second time. */
  close(): void {
    if (this.#fd < 0) return;
    this.#isSuspended = true;
    clearTimeout(this.#backOffTimer);
    this.#backOffTimer = undefined;
    this.#watch?.close();
    this.#watch = undefined;
    closeSocket(this.socket);
    this.#fd = -1;
  }

  /** Makes the poll agree with what owner and back-off want. */
  #settle(): void {
    const isWanted = this.#fd >= 0 && !this.#isSuspended && this.#backOffTimer === undefined;
    if (isWanted === this.#isWatching) return;
    this.#isWatching = isWanted;
    if (!isWanted) this.#watch?.pause();
    else if (this.#watch === undefined) this.#watch = this.#startWatch();
    else this.#watch.resume();
  }

  #startWatch(): Watch {
    if (this.endpoint.arrival !== 'connection') return watchReadable(this.#fd, this.#events.onReadable);
    const isUnix = this.socket.spec.family === 'unix';
    return watchAccept(this.#fd, {
      convertMapped: this.endpoint.convertMapped,
      onConnection: (fd, family, port, ...[text, ...words]) => {
        this.#backOffMs = 0;
        const peer = { family, port, text, words, ...(isUnix ? { person: peerPerson(fd) } : {}) };
        this.#events.onConnection(new Connection(fd, peer, this.#events.nowMs()));
      },
      onError: (errno) => {
        this.#backOff(errno);
      },
    });
  }

  #backOff(errno: number): void {
    if (this.#fd < 0 || this.#backOffTimer !== undefined) return;
    const pauseMs = Math.min(Math.max(this.#backOffMs * 2, FIRST_BACK_OFF_MS), LONGEST_BACK_OFF_MS);
    this.#backOffMs = pauseMs;
    this.#backOffTimer = setTimeout(() => {
      this.#backOffTimer = undefined;
      this.#settle();
    }, pauseMs);
    this.#settle();
    this.#events.onAcceptFailure(errno, pauseMs);
  }
}
