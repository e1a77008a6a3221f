// hosts.allow and hosts.deny read at once, for the commands that answer and end; the daemon has hosts-files.ts.

import type { ConfigPorts } from '../config/ports.ts';
import type { HostsTables, HostsText } from '../policy/hosts-access-parse.ts';
import { gatherHosts } from '../policy/hosts-gather.ts';
import type { IdPorts } from '../policy/hosts-options.ts';

/** The tables as they are. */
export function hostsTablesNow(ports: Pick<ConfigPorts, 'readFile'> & IdPorts, etc = '/etc'): HostsTables {
  const gathering = gatherHosts(etc, ports);
  let step = gathering.next();
  while (step.done !== true) step = gathering.next(read(ports, step.value));
  return step.value.tables;
}

function read({ readFile }: Pick<ConfigPorts, 'readFile'>, path: string): HostsText {
  const result = readFile(path);
  if (result.ok) return { kind: 'text', text: result.text };
  return result.failure === 'missing' ? { kind: 'missing' } : { kind: 'unreadable', reason: result.system.reason };
}
