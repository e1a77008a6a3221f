// A program that fails beyond repair (Node aborts, a fault, an error that nobody owns) is followed by a fresh one in the
// same process, with the same listening sockets: those who come meanwhile wait in the kernel's queues. What it needs lies
// ready in a file in memory; what it needs to know of running servers it reads off them (survivors.ts). One that keeps failing
// ends.

import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { cancelRestart, planRestart, restartNow } from '../native/binding.ts';
import { monotonicMs } from '../native/monotonic.ts';
import { socketAt } from './inherited.ts';
import type { InheritedSocket, InheritedSockets } from './inherited.ts';
import { readRecord, writeRecord } from './memory-record.ts';
import type { Premises } from './premises.ts';
import { commandLine } from './program-call.ts';
import type { ProgramCall } from './program-call.ts';
import { storedName } from './supervisor.ts';

/** What one program leaves to the one after its crash. Read by other versions too: names never change their meaning. */
interface CrashRecord {
  /** Descriptors of the daemon's own listening sockets. */
  readonly sockets: readonly number[];
  /** Those that a service manager holds as well. */
  readonly shared: readonly { readonly fd: number; readonly name: string }[];
  /** When earlier crashes were, on the monotonic clock. */
  readonly crashesMs: readonly number[];
}

/** What a fresh program finds. */
export interface Crash {
  readonly sockets: readonly InheritedSocket[];
  /** When this crash and those before it were, on the monotonic clock. */
  readonly crashesMs: readonly number[];
  /** What happened, for the log. */
  readonly text: string;
}

/** Names the descriptor of the record. */
export const CRASH_VARIABLE = 'XINETD_TS_CRASH';

const FUNC = 'crash_restart';
/** As service managers count: a program that fails so often is not sound. */
const MOST_CRASHES = 5;
const CRASHES_WITHIN_MS = 60_000;

export interface CrashParts {
  readonly call: ProgramCall;
  /** When earlier programs of this process crashed, on the monotonic clock. */
  readonly crashesMs: readonly number[];
  readonly environment: readonly string[];
  readonly inherited: InheritedSockets;
  readonly log: Premises['log'];
}

/** The plan for a crash, kept up to date. */
export class CrashRestart {
  readonly #parts: CrashParts;
  readonly #sockets = new Set<number>();
  #isAtWork = false;
  #isPlanning = false;
  #isTooOften = false;
  #record = -1;

  constructor(parts: CrashParts) {
    this.#parts = parts;
  }

  /** The services are up: from now on a crash is not the end. */
  begin(): void {
    if (this.#parts.call.words === undefined) return;
    this.#isAtWork = true;
    this.#plan();
  }

  /** The daemon ends on purpose. */
  end(): void {
    this.#isAtWork = false;
    cancelRestart();
  }

  /** A listening socket of the daemon's own, which the fresh program is to have. */
  keep(fd: number): void {
    this.#sockets.add(fd);
    this.#planAnew();
  }

  /** The socket is about to be closed. */
  forget(fd: number): void {
    if (this.#sockets.delete(fd)) this.#planAnew();
  }

  /** Something that nobody owned went wrong: does not return where the plan can be carried out. */
  now(): void {
    try {
      restartNow();
    } catch (error) {
      this.#parts.log('error', FUNC, error instanceof Error ? error.message : String(error));
    }
  }

  /** Until then a crash is the end: the number of a closed socket may be another file's already. */
  #planAnew(): void {
    if (!this.#isAtWork || this.#isPlanning || this.#isTooOften) return;
    cancelRestart();
    this.#isPlanning = true;
    setImmediate(() => {
      this.#isPlanning = false;
      if (this.#isAtWork) this.#plan();
    });
  }

  #plan(): void {
    const { crashesMs, inherited, log } = this.#parts;
    const recentMs = crashesMs.filter((atMs) => atMs > monotonicMs() - CRASHES_WITHIN_MS);
    this.#isTooOften = recentMs.length >= MOST_CRASHES;
    if (this.#isTooOften) {
      log('error', FUNC, `${recentMs.length} crashes within a minute: the next one is the end`);
      setTimeout(() => this.#isAtWork && this.#plan(), CRASHES_WITHIN_MS).unref();
      return;
    }
    const shared = inherited.shared.map(({ fd, name }) => ({ fd, name }));
    try {
      this.#carryRecord({ sockets: [...this.#sockets], shared, crashesMs: recentMs });
    } catch (error) {
      log('warning', FUNC, `a crash would be the end: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #carryRecord(record: CrashRecord): void {
    const { call, environment } = this.#parts;
    const fd = writeRecord('xinetd-ts-crash', Buffer.from(`${JSON.stringify(record)}\n`));
    let unused = fd;
    try {
      const [path = '', ...args] = commandLine(call);
      const kept = [fd, ...record.sockets, ...record.shared.map((socket) => socket.fd)];
      planRestart(path, [path, ...args], [...environment, `${CRASH_VARIABLE}=${fd}`], kept, call.baseDirectory);
      unused = this.#record;
      this.#record = fd;
    } finally {
      if (unused >= 0) closeSync(unused);
    }
  }
}

/** Reads what a program of this process left that crashed, if there was one. Call once. */
export function claimCrash(environment: NodeJS.ProcessEnv): Crash | undefined {
  const number = environment[CRASH_VARIABLE];
  if (number === undefined) return undefined;
  delete environment[CRASH_VARIABLE];
  const fd = Number(number);
  const [text = '', ending = ''] = readRecord(fd).toString('utf8').split('\n');
  closeSync(fd);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `CrashRestart`
  const { sockets, shared, crashesMs } = JSON.parse(text) as CrashRecord;
  const own = sockets.map((socket) => ({ fd: socket, name: storedName(socket) ?? '' }));
  const found = [...own, ...shared].map((socket) => socketAt(socket.fd, socket.name));
  return {
    sockets: found.filter((socket) => typeof socket !== 'string'),
    crashesMs: [...crashesMs, monotonicMs()],
    text: `the program ${howItEnded(ending)} and was started again in its place`,
  };
}

/** `SIGNAL PID`, or nothing where no signal ended it. */
function howItEnded(ending: string): string {
  const [signal, copy] = ending.split(' ').map(Number);
  if (signal === undefined || signal === 0) return 'met an error that nobody owned';
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  const core = copy === undefined || copy === 0 ? '' : ` (a core, if cores are kept, is that of process ${copy})`;
  return `was ended by ${name ?? `signal ${signal}`}${core}`;
}
