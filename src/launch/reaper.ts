// How servers end: each exit of a child of this process, once, as a value.
// Shell over SIGCHLD and wait4(2); pids nobody started (orphans given to PID 1) are reported as well.

import { watchExits } from '../native/binding.ts';

/**
 * Why a server is no more. `not-started`: a step of its set-up or the exec failed, the program never ran;
 * the step is the name of the failing call.
 */
export type Ending = (
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'killed'; readonly signal: number }
  | { readonly kind: 'not-started'; readonly step: string; readonly errno: number }
) & {
  /** Of the server and those it waited for; undefined where no process has ended. */
  readonly cpuMicroseconds?: number | undefined;
};

/** Exit status that the log shows for a server whose set-up failed. differs: D38, the reference exits 0 or 1. */
export const NOT_STARTED_STATUS = 126;

/** Begins reaping; once per process. */
export function startReaper(onEnd: (pid: number, ending: Ending) => void): { readonly close: () => void } {
  return watchExits((...exit) => {
    const [pid, status, signal, step, errno, cpuMicroseconds] = exit;
    onEnd(pid, { ...endingOf(status, signal, step, errno), cpuMicroseconds });
  });
}

/** Reads the answer of wait4(2) together with the launch table's. */
export function endingOf(
  status: number | undefined,
  signal: number | undefined,
  step: string | undefined,
  errno: number,
): Ending {
  if (step !== undefined) return { kind: 'not-started', step, errno };
  if (signal !== undefined) return { kind: 'killed', signal };
  return { kind: 'exited', status: status ?? 0 };
}
