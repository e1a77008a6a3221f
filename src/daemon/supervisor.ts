// What the service manager hears of us: ready, reloading, stopping, a line of status, signs of life (sd_notify(3)).
// One datagram each to $NOTIFY_SOCKET, sent without waiting; what the manager cannot take now is sent again a little later.
// Throws nothing: a daemon that nobody supervises, or whose manager is gone, serves all the same.

import { closeFd, openUnixDatagram, sendNow } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';

/** Delivers one message; false: not now. */
export type SendNotice = (text: string) => boolean;

/** What the manager's variables say. */
export interface Supervision {
  readonly send: SendNotice;
  /** It restarts a daemon that is silent for longer; undefined: it does not watch. */
  readonly watchdogMs: number | undefined;
}

const RETRY_MS = 100;
/** Together ten seconds; a manager that takes nothing for longer has other worries. */
const MOST_RETRIES = 100;

/** The supervision that the environment of process `pid` asks for. */
export function supervisionOf(environment: NodeJS.ProcessEnv, pid: number): Supervision {
  const { NOTIFY_SOCKET: address = '', WATCHDOG_USEC: period, WATCHDOG_PID: watched } = environment;
  if (!/^[/@]./.test(address)) return { send: () => true, watchdogMs: undefined };
  const isWatched = /^[1-9]\d*$/.test(period ?? '') && (watched === undefined || Number(watched) === pid);
  return { send: (text) => sendTo(address, text), watchdogMs: isWatched ? Number(period) / 1000 : undefined };
}

/** The daemon's side of its supervision. */
export class Supervisor {
  readonly #supervision: Supervision;
  #unsent: string[] = [];
  #retriesLeft = MOST_RETRIES;
  #retryTimer: NodeJS.Timeout | undefined;
  #watchdogTimer: NodeJS.Timeout | undefined;

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

  /** On the way out. */
  stopping(): void {
    clearInterval(this.#watchdogTimer);
    this.#tell('STOPPING=1\nSTATUS=stopping');
  }

  /** Gives signs of life from the event loop, twice as often as is asked, each with the status of the moment. */
  watch(status: () => string): void {
    const { watchdogMs } = this.#supervision;
    if (watchdogMs === undefined) return;
    clearInterval(this.#watchdogTimer);
    this.#watchdogTimer = setInterval(() => this.#tell(`WATCHDOG=1\nSTATUS=${status()}`), watchdogMs / 2);
  }

  #tell(text: string): void {
    this.#unsent.push(text);
    if (this.#retryTimer === undefined) this.#sendAll();
  }

  /** In order; stops at the first that cannot be sent now. */
  #sendAll(): void {
    this.#retryTimer = undefined;
    const refused = this.#unsent.findIndex((text) => !this.#supervision.send(text));
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
function sendTo(address: string, text: string): boolean {
  try {
    const fd = openUnixDatagram(address);
    try {
      return sendNow(fd, Buffer.from(text)) > 0;
    } finally {
      closeFd(fd);
    }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return true;
  }
}
