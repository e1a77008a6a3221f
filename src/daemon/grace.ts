// Servers of a service that a reload removed: they finish, within `reload_grace`. differs: D26, the reference kills them.

import { terminate } from '../launch/terminate.ts';
import { counted } from './counted.ts';
import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';
import { stopInternalServer } from './stop.ts';

/** Between SIGTERM and SIGKILL. */
const OBEY_MS = 10_000;
/** The longest that a timer can run; who is still there then is looked at again. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Lets the servers of a removed service finish; those that take too long are ended. */
export function limitGrace(premises: Premises, operation: ServiceInOperation): void {
  const seconds = operation.service.config.reload_grace;
  if (seconds === Infinity) return;
  setTimeout(() => endServers(premises, operation, seconds), Math.min(seconds * 1000, LONGEST_TIMER_MS)).unref();
}

function endServers(premises: Premises, operation: ServiceInOperation, seconds: number): void {
  const servers = premises.children.of(operation.key);
  if (servers.length === 0) return;
  const count = counted(servers.length, 'server');
  premises.log('notice', 'reload_grace', `${operation.id}: ending ${count} after ${seconds} second(s) of grace`);
  for (const server of servers) if (server.isInProcess) stopInternalServer(premises, server);
  terminate(premises.children, servers, {
    signal: 'SIGTERM',
    killAfterMs: OBEY_MS,
    onRefused: (pid, code) => premises.log('error', 'reload_grace', `kill ${pid}: ${code}`),
  });
}
