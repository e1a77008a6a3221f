// What a process finds that another program has left it: the program that detached it, the one it replaces, a service manager.

import type { Severity } from '../config/diagnostic.ts';
import { monotonicMs } from '../native/monotonic.ts';
import { continueRequestNumbers, lastRequestNumber } from '../net/request-number.ts';
import { claimCrash } from './crash-restart.ts';
import { claimStatusPipe } from './detach.ts';
import type { StatusPipe } from './detach.ts';
import { claimHandover } from './handover.ts';
import type { HandedServer, Handover } from './handover.ts';
import { claimSockets } from './inherited.ts';
import type { InheritedSocket } from './inherited.ts';
import { survivorsOf } from './survivors.ts';

export interface Inheritance {
  readonly statusPipe: StatusPipe | undefined;
  readonly handover: Handover | undefined;
  readonly sockets: readonly InheritedSocket[];
  /** How many are open already and go to services, which count their own. */
  readonly handedSockets: number;
  /** When earlier programs of this process crashed, on the monotonic clock. */
  readonly crashesMs: readonly number[];
  /** Servers of a program that crashed. */
  readonly survivors: readonly HandedServer[];
  /** There was another program in this process before. */
  readonly isSuccessor: boolean;
  /** For the log. */
  readonly notes: readonly { readonly level: Severity; readonly func: string; readonly text: string }[];
}

/** Takes everything over, and its variables out of the environment. Call once, before anything is opened. */
export function claimInheritance(environment: NodeJS.ProcessEnv, pid: number): Inheritance {
  const statusPipe = claimStatusPipe();
  const handover = claimHandover(environment);
  const crash = claimCrash(environment);
  const { sockets: given, complaints } = claimSockets(environment, pid);
  const survivors = crash === undefined ? [] : survivorsOf(pid, { monotonicMs: monotonicMs(), wallMs: Date.now() });
  for (const { requestNumber } of survivors) continueRequestNumbers(Math.max(requestNumber, lastRequestNumber()));
  const sockets = [...given, ...(handover?.inherited ?? []), ...(crash?.sockets ?? [])];
  const handed = handover?.services.filter(({ socket }) => socket !== undefined) ?? [];
  return {
    statusPipe,
    handover,
    sockets,
    handedSockets: handed.length + sockets.filter(({ isShared }) => !isShared).length,
    crashesMs: crash?.crashesMs ?? [],
    survivors,
    isSuccessor: handover !== undefined || crash !== undefined,
    notes: [
      ...(crash === undefined ? [] : [{ level: 'critical', func: 'crash_restart', text: crash.text } as const]),
      ...complaints.map((text) => ({ level: 'warning', func: 'inherited_sockets', text }) as const),
    ],
  };
}
