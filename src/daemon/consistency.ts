// The self-check of SIGABRT and -cc: do the table of servers, the states of the services and the kernel agree?
// Source: spec section 10.3; the words are the reference's where it has some.

import { fstatSync } from 'node:fs';
import type { Children, Server } from '../launch/children.ts';
import type { Premises, ServerDetail } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

/** What is looked at. */
export interface CheckedPremises extends Pick<Premises, 'log'> {
  readonly children: Pick<Children<Pick<ServerDetail, 'service'>>, 'all' | 'countOf'>;
  readonly retries: Pick<Premises['retries'], 'size'>;
}

/** A service as far as it is looked at. */
export type CheckedService = Pick<ServiceInOperation, 'id' | 'key' | 'state'> & {
  readonly listener: { readonly fd: number; readonly isSuspended: boolean } | undefined;
  readonly equipment: { readonly endpoint: Pick<Endpoint, 'arrival'> | undefined };
};

type Endpoint = NonNullable<ServiceInOperation['equipment']['endpoint']>;

/** The longest time a timer of Node can run, in seconds. */
const LONGEST_INTERVAL = 2_147_483;

/** The time between two checks of `-cc`; undefined where there are none. */
export function checkIntervalMs(seconds: number): number | undefined {
  return seconds > 0 ? Math.min(seconds, LONGEST_INTERVAL) * 1000 : undefined;
}

/** Checks, logs each problem, and says how many there are; with `isLoud` also that there are none. */
export function checkConsistency(
  premises: CheckedPremises,
  operations: readonly CheckedService[],
  isLoud: boolean,
): number {
  const { children, retries } = premises;
  const isRetrying = retries.size > 0;
  const problems = [
    ...children.all().filter(isStray).map(strayText),
    ...operations.flatMap((operation) => problemsOf(operation, children.countOf(operation.key), isRetrying)),
  ];
  for (const problem of problems) premises.log('error', 'consistency_check', problem);
  if (problems.length > 0)
    premises.log('warning', 'consistency_check', `Consistency check detected ${problems.length} errors`);
  else if (isLoud) premises.log('info', 'consistency_check', 'Consistency check passed');
  return problems.length;
}

/** A server in the table that the kernel does not know; a zombie that waits to be reaped still counts as alive. */
function isStray({ isInProcess, pid }: Server<unknown>): boolean {
  if (isInProcess) return false;
  try {
    return !process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM');
  }
}

function strayText({ pid, detail }: Server<Pick<ServerDetail, 'service'>>): string {
  return `service ${detail.service.id}: server with pid ${pid} is not there`;
}

/** `isRetrying`: launches wait for better times, perhaps one of this service. */
function problemsOf(operation: CheckedService, running: number, isRetrying: boolean): readonly string[] {
  const { id, state, listener, equipment } = operation;
  const isHeard = listener !== undefined && !listener.isSuspended;
  switch (state) {
    case 'active':
      if (listener === undefined || !isSocket(listener.fd)) return [`file descriptor of service ${id} has been closed`];
      if (!isHeard && equipment.endpoint?.arrival === 'connection')
        return [`Active multi-threaded service ${id}: descriptor not set`];
      return [];
    case 'suspended':
      if (isHeard) return [`Active single-threaded service ${id}: server running, descriptor set`];
      if (running === 0 && !isRetrying)
        return [`Active single-threaded service ${id}: no server running, descriptor not set`];
      return [];
    case 'disabled':
      return listener === undefined ? [] : [`fd of disabled service ${id} still in socket mask`];
    case 'not started':
      return [];
  }
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}
