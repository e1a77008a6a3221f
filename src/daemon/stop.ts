// The end of servers inside this process: they end with the daemon or their service, external servers live on.

import type { Server } from '../launch/children.ts';
import type { Premises, ServerDetail } from './premises.ts';
import { ended } from './serve.ts';

/** Ends those of all services. */
export function stopInternalServers(premises: Premises): void {
  for (const server of premises.children.all()) {
    if (!server.isInProcess) continue;
    const { id } = server.detail.service;
    premises.log('warning', 'terminate_servers', `Sending signal 15 to ${id} server ${server.pid}`);
    stopInternalServer(premises, server);
  }
}

/** Ends one, with the EXIT line of a process that signal 15 ended. */
export function stopInternalServer(premises: Premises, server: Server<ServerDetail>): void {
  server.detail.stop?.();
  premises.children.remove(server);
  ended(premises, server, { kind: 'killed', signal: 15 });
}
