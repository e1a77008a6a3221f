// Signal → intention, as a table; nothing is done here. Source: spec section 10.1.
// The daemon acts on intentions between events, in the order of `INTENTION_ORDER`.

import { constants } from 'node:os';
import { watchSignals as watch } from '../native/binding.ts';

export type Intention = 'reload' | 'dump' | 'check' | 'quit' | 'terminate' | 'interrupt' | 'upgrade';

/** The order in which pending intentions are carried out. */
export const INTENTION_ORDER: readonly Intention[] = [
  'reload',
  'dump',
  'check',
  'quit',
  'terminate',
  'interrupt',
  'upgrade',
];

/**
 * Signals with a meaning. SIGINT only counts with `-d`. Crash signals (SEGV, BUS, ILL, FPE) are not caught:
 * a process that has lost its memory must not go on (differs: D95; for its own crash see crash-restart.ts).
 */
const MEANINGS: readonly (readonly [NodeJS.Signals, Intention])[] = [
  ['SIGHUP', 'reload'],
  ['SIGUSR2', 'reload'],
  ['SIGUSR1', 'dump'],
  ['SIGABRT', 'check'],
  ['SIGQUIT', 'quit'],
  ['SIGTERM', 'terminate'],
  ['SIGINT', 'interrupt'],
];

/** Strangers that must not end the daemon, though their default action would. */
const STRANGERS: readonly NodeJS.Signals[] = [
  'SIGPIPE',
  'SIGALRM',
  'SIGVTALRM',
  'SIGPROF',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGCONT',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
  'SIGTRAP',
  'SIGSYS',
  'SIGXCPU',
  'SIGXFSZ',
];

/** The real-time signals; the watch passes over one that the C library keeps for itself (musl: 34). */
const REAL_TIME = Array.from({ length: 31 }, (_, index) => 34 + index);

/**
 * Hears the signals; those of one kind that come together count once. Strangers are heard too, with no consequence: that
 * keeps their default action away and, unlike SIG_IGN, is not inherited through exec.
 */
export function watchSignals(onIntention: (intention: Intention) => void): void {
  const { signals } = constants;
  const intentions = new Map(MEANINGS.map(([signal, intention]) => [signals[signal], intention]));
  const strangers = [...STRANGERS.map((signal) => signals[signal]), ...REAL_TIME];
  watch([...intentions.keys(), ...strangers], (number) => {
    const intention = intentions.get(number);
    if (intention !== undefined) onIntention(intention);
  });
}
