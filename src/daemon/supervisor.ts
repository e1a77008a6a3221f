// What the service manager hears of us: ready, reloading, stopping, a line of status, signs of life (sd_notify(3)); and
// what it keeps for us: copies of the listening sockets, which it hands to the daemon that it starts next.
// One datagram each to $NOTIFY_SOCKET, sent without waiting; what the manager cannot take now is sent again a little later.
// Throws nothing: a daemon that nobody supervises, or whose manager is gone, serves all the same.

import { closeFd, describeSocket, openUnixDatagram, sendDescriptor, sendNow } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import { STORED } from './inherited.ts';

/** Delivers one message, with a copy of a descriptor; false: not now. */
export type SendNotice = (text: string, fd?: number) => boolean;

/** What the manager's variables say. */
export interface Supervision {
  readonly isThere: boolean;
  readonly send: SendNotice;
  /** It restarts a daemon that is silent for longer; undefined: it does not watch. */
  readonly watchdogMs: number | undefined;
}

const RETRY_MS = 100;
/** Together ten seconds; a manager that takes nothing for longer has other worries. */
const MOST_RETRIES = 100;

const NOBODY: Supervision = { isThere: false, send: () => true, watchdogMs: undefined };

/** The supervision that the environment of process `pid` asks for. */
export function supervisionOf(environment: NodeJS.ProcessEnv, pid: number): Supervision {
  const { NOTIFY_SOCKET: address = '', WATCHDOG_USEC: period, WATCHDOG_PID: watched } = environment;
  if (!/^[/@]./.test(address)) return NOBODY;
  const isWatched = /^[1-9]\d*$/.test(period ?? '') && (watched === undefined || Number(watched) === pid);
  return {
    isThere: true,
    send: (text, fd) => sendTo(address, text, fd),
    watchdogMs: isWatched ? Number(period) / 1000 : undefined,
  };
}

interface Notice {
  readonly text: string;
  readonly fd?: number;
}

/** The daemon's side of its supervision. */
export class Supervisor {
  readonly #supervision: Supervision;
  readonly #kept = new Set<string>();
  #unsent: Notice[] = [];
  #retriesLeft = MOST_RETRIES;
  #retryTimer: NodeJS.Timeout | undefined;
  #watchdogTimer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(supervision: Supervision) {
    this.#supervision = supervision;
  }

  /** At work (again). */
  ready(status: string): void {
    this.#tell(`READY=1\nSTATUS=${status}`);
  }

  /** Reading the configuration again; `ready` ends it. */
  reloading(): void {
    this.#tell(`RELOADING=1\nMONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  /** On the way out; what is kept stays kept, for the next daemon. */
  stopping(): void {
    if (this.#isStopping) return;
    clearInterval(this.#watchdogTimer);
    this.#isStopping = true;
    this.#tell('STOPPING=1\nSTATUS=stopping');
  }

  /** Lets the manager keep a listening socket, which outlives this process with it. */
  keep(fd: number): void {
    const name = this.#supervision.isThere ? storedName(fd) : undefined;
    if (name === undefined || this.#kept.has(name)) return;
    this.#kept.add(name);
    this.#tell(`FDSTORE=1\nFDPOLL=0\nFDNAME=${name}`, fd);
  }

  /** The socket is about to be closed: the manager must not hold it open. */
  forget(fd: number): void {
    const name = this.#supervision.isThere ? storedName(fd) : undefined;
    if (name !== undefined) this.forgetName(name);
  }

  /** The same by the name that the manager knows. */
  forgetName(name: string): void {
    if (this.#isStopping) return;
    this.#kept.delete(name);
    this.#unsent = this.#unsent.filter(({ text }) => !text.endsWith(`FDNAME=${name}`));
    this.#tell(`FDSTOREREMOVE=1\nFDNAME=${name}`);
  }

  /** Gives signs of life from the event loop, twice as often as is asked, each with the status of the moment. */
  watch(status: () => string): void {
    const { watchdogMs } = this.#supervision;
    if (watchdogMs === undefined) return;
    clearInterval(this.#watchdogTimer);
    this.#watchdogTimer = setInterval(() => this.#tell(`WATCHDOG=1\nSTATUS=${status()}`), watchdogMs / 2);
  }

  #tell(text: string, fd?: number): void {
    this.#unsent.push(fd === undefined ? { text } : { text, fd });
    if (this.#retryTimer === undefined) this.#sendAll();
  }

  /** In order; stops at the first that cannot be sent now. */
  #sendAll(): void {
    this.#retryTimer = undefined;
    const refused = this.#unsent.findIndex(({ text, fd }) => !this.#supervision.send(text, fd));
    this.#unsent = refused === -1 ? [] : this.#unsent.slice(refused);
    if (this.#unsent.length === 0) this.#retriesLeft = MOST_RETRIES;
    else if (this.#retriesLeft === 0) this.#unsent = [];
    else {
      this.#retriesLeft -= 1;
      this.#retryTimer = setTimeout(() => this.#sendAll(), RETRY_MS).unref();
    }
  }
}

/** False when the manager's queue is full; a manager that is not there is not waited for. */
function sendTo(address: string, text: string, passed?: number): boolean {
  try {
    const fd = openUnixDatagram(address);
    try {
      const bytes = Buffer.from(text);
      return passed === undefined ? sendNow(fd, bytes) > 0 : sendDescriptor(fd, bytes, passed);
    } finally {
      closeFd(fd);
    }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return true;
  }
}

/** The same for the same address in every daemon's life, and never the id of a service; a name has no colon. */
export function storedName(fd: number): string | undefined {
  const socket = describeSocket(fd);
  if (socket === undefined) return undefined;
  const { family, type, address, port, isV6Only } = socket;
  return `${STORED}${family}-${type}-${address.replaceAll(':', '_')}-${port}${isV6Only ? '-only' : ''}`;
}
