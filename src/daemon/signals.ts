// Signal → intention, as a table; nothing is done here. Source: spec section 10.1.
// The daemon acts on intentions between events, in the order of `INTENTION_ORDER`.

export type Intention = 'reload' | 'dump' | 'check' | 'quit' | 'terminate' | 'interrupt';

/** The order in which pending intentions are carried out. */
export const INTENTION_ORDER: readonly Intention[] = ['reload', 'dump', 'check', 'quit', 'terminate', 'interrupt'];

/**
 * Signals with a meaning. SIGINT only counts with `-d`. Crash signals (SEGV, BUS, ILL, FPE) are not caught:
 * a process that has lost its memory must not go on (differs: F-signals in docs/compatibility.md).
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

/** Installs the handlers; `onIntention` is called for each signal, once per signal received. */
export function watchSignals(onIntention: (intention: Intention) => void): void {
  for (const [signal, meaning] of MEANINGS) {
    process.on(signal, () => onIntention(meaning));
  }
  for (const signal of STRANGERS) process.on(signal, ignore);
}

function ignore(): void {
  // A handler that does nothing keeps the default action away and, unlike SIG_IGN, is not inherited through exec.
}
