// Ending servers: a signal first, SIGKILL for those still there when the time is over; nothing waits in between.
// Only servers that have not been reaped are signalled, so a pid can never be somebody else's.

import type { Children, Server } from './children.ts';

/** How to end servers. */
export interface TerminationOptions {
  readonly signal: NodeJS.Signals;
  /** Time to obey, in milliseconds; then SIGKILL. undefined: never. */
  readonly killAfterMs: number | undefined;
  /** All are gone; called once, at once when there was nobody. */
  readonly onDone?: () => void;
  /** The kernel refused a signal (EPERM: a set-user-ID server under a daemon that is not root). */
  readonly onRefused?: (pid: number, code: string) => void;
}

/** A termination under way. */
export interface Termination {
  /** Servers still running. */
  readonly remaining: () => number;
  /** Sends SIGKILL now. */
  readonly killNow: () => void;
  /** Stops waiting: no SIGKILL, no `onDone`. */
  readonly abandon: () => void;
}

/** Ends processes; servers inside this process are their owner's to stop and are ignored here. */
export function terminate<Detail>(
  children: Children<Detail>,
  servers: readonly Server<Detail>[],
  options: TerminationOptions,
): Termination {
  const remaining = new Set(servers.filter((server) => !server.isInProcess && children.has(server)));
  const signalAll = (signal: NodeJS.Signals): void => {
    for (const server of remaining) send(server.pid, signal, options.onRefused);
  };
  let timer: NodeJS.Timeout | undefined;
  const finish = (): void => {
    clearTimeout(timer);
    options.onDone?.();
  };
  const forget = [...remaining].map((server) =>
    children.whenGone(server, () => {
      remaining.delete(server);
      if (remaining.size === 0) finish();
    }),
  );
  signalAll(options.signal);
  if (remaining.size === 0) finish();
  else if (options.killAfterMs !== undefined) timer = setTimeout(() => signalAll('SIGKILL'), options.killAfterMs);
  return {
    remaining: () => remaining.size,
    killNow: () => signalAll('SIGKILL'),
    abandon: () => {
      clearTimeout(timer);
      for (const unsubscribe of forget) unsubscribe();
    },
  };
}

function send(pid: number, signal: NodeJS.Signals, onRefused: TerminationOptions['onRefused']): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code !== 'ESRCH') onRefused?.(pid, code);
  }
}
