// The end of servers: those inside this process end with the daemon or their service, external servers live on, unless
// the daemon is process 1 of a container and they would die with it (differs: D92).

import type { Server } from '../launch/children.ts';
import { terminate } from '../launch/terminate.ts';
import type { Premises, ServerDetail } from './premises.ts';
import { ended } from './server-life.ts';

/** Ends those of all services. */
export function stopInternalServers(premises: Premises): void {
  for (const server of premises.children.all()) {
    if (!server.isInProcess) continue;
    const { id } = server.detail.service;
    premises.log('warning', 'terminate_servers', `Sending signal 15 to ${id} server ${server.pid}`);
    stopInternalServer(premises, server);
  }
}

/** Those who stop a container wait ten seconds, some five, before they kill it. */
const GRACE_MS = 3000;

/** Asks the servers outside this process to end and waits until they have; SIGKILL for those that take too long. */
export function endServers({ children, log }: Premises): Promise<void> {
  const servers = children.all();
  if (servers.length > 0)
    log('notice', 'terminate_servers', `Sending signal 15 to ${servers.length} running server(s)`);
  return new Promise((resolve) => {
    terminate(children, servers, { signal: 'SIGTERM', killAfterMs: GRACE_MS, onDone: resolve });
  });
}

/** Ends one, with the EXIT line of a process that signal 15 ended. */
export function stopInternalServer(premises: Premises, server: Server<ServerDetail>): void {
  server.detail.stop?.();
  premises.children.remove(server);
  ended(premises, server, { kind: 'killed', signal: 15 });
}
