// hosts.allow and hosts.deny read at once, for the commands that answer and end; the daemon has hosts-files.ts.

import type { ConfigPorts } from '../config/ports.ts';
import {
  MOST_LISTS,
  asksForServer,
  listsNamedIn,
  parseHostList,
  parseHostsTable,
  wordsOf,
} from '../policy/hosts-access-parse.ts';
import type { HostsTable, HostsTables, HostsText } from '../policy/hosts-access-parse.ts';
import type { IdPorts } from '../policy/hosts-options.ts';

/** The tables as they are. */
export function hostsTablesNow(ports: Pick<ConfigPorts, 'readFile'> & IdPorts, etc = '/etc'): HostsTables {
  const read = (path: string): HostsText => {
    const result = ports.readFile(path);
    if (result.ok) return { kind: 'text', text: result.text };
    return result.failure === 'missing' ? { kind: 'missing' } : { kind: 'unreadable', reason: result.system.reason };
  };
  const table = (path: string): HostsTable => parseHostsTable(path, read(path), ports);
  const [allow, deny] = [table(`${etc}/hosts.allow`), table(`${etc}/hosts.deny`)];
  const lists = new Map<string, readonly string[]>();
  const wanted = new Set(listsNamedIn([...wordsOf(allow), ...wordsOf(deny)]));
  let looked = 0;
  for (const path of wanted) {
    looked += 1;
    if (looked > MOST_LISTS) break;
    const text = read(path);
    if (text.kind === 'unreadable') continue;
    const words = text.kind === 'text' ? parseHostList(text.text) : [];
    lists.set(path, words);
    for (const further of listsNamedIn(words)) wanted.add(further);
  }
  return { allow, deny, lists, isServerAsked: asksForServer([allow, deny]) };
}
