// System calls of the daemon that strace makes fail or delays.

import { startCompanion } from './companion.ts';
import { statusField } from './processes.ts';
import { until } from './wait.ts';

/** Changes calls of a process and its later children, as strace's `inject=` says; hands back how to stop. */
export function injectFaults(pid: number, calls: string, effect: string): Promise<() => Promise<unknown>> {
  return attach(pid, calls, effect, ['-f']);
}

/** The same for the main thread alone. */
export function injectMainFaults(pid: number, calls: string, effect: string): Promise<() => Promise<unknown>> {
  return attach(pid, calls, effect, []);
}

async function attach(
  pid: number,
  calls: string,
  effect: string,
  options: readonly string[],
): Promise<() => Promise<unknown>> {
  const filters = ['-e', `trace=${calls}`, '-e', `inject=${calls}:${effect}`];
  const strace = startCompanion('strace', [...options, '-qq', '-o', '/dev/null', '-p', String(pid), ...filters]);
  const tracer = (): number => Number(statusField(pid, 'TracerPid'));
  await until('strace is attached', () => tracer() === strace.process.pid);
  return () => {
    strace.process.kill('SIGTERM');
    return until('strace is gone', () => tracer() === 0);
  };
}
