// The self-check of SIGABRT and -cc: does the table of servers agree with the kernel and with the services' states?
// Source: spec section 10.3.

import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

/** Checks, logs each problem, and says how many there are; with `isLoud` also that there are none. */
export function checkConsistency(
  premises: Premises,
  operations: readonly ServiceInOperation[],
  isLoud: boolean,
): number {
  const problems = [...strayServers(premises), ...operations.flatMap((operation) => wrongState(premises, operation))];
  for (const problem of problems) premises.log('error', 'consistency_check', problem);
  if (problems.length > 0)
    premises.log('warning', 'consistency_check', `Consistency check detected ${problems.length} errors`);
  else if (isLoud) premises.log('info', 'consistency_check', 'Consistency check passed');
  return problems.length;
}

/** Servers in the table that the kernel does not know. */
function strayServers({ children }: Premises): readonly string[] {
  return children
    .all()
    .filter((server) => !server.isInProcess && !isAlive(server.pid))
    .map(({ pid, detail }) => `service ${detail.service.id}: server with pid ${pid} is not there`);
}

function wrongState({ children }: Premises, operation: ServiceInOperation): readonly string[] {
  const { id, state, listener } = operation;
  const running = children.countOf(operation.key);
  if (state === 'suspended' && running === 0)
    return [`Active single-threaded service ${id}: no server running, descriptor not set`];
  if (state === 'active' && listener === undefined) return [`file descriptor of service ${id} has been closed`];
  if (state === 'disabled' && listener !== undefined) return [`fd of disabled service ${id} still in socket mask`];
  return [];
}

/** A zombie that waits to be reaped still counts as alive. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
