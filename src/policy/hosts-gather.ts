// Which files the two tables are made of: hosts.allow, hosts.deny, and those that patterns name, in them and in each other.
// Pure: it asks for the text of one file after another, and whoever can read files answers.

import { asksForServer, listsNamedIn, parseHostList, parseHostsTable, wordsOf } from './hosts-access-parse.ts';
import type { HostsFinding, HostsTables, HostsText } from './hosts-access-parse.ts';
import type { IdPorts } from './hosts-options.ts';

export interface GatheredHosts {
  readonly tables: HostsTables;
  readonly findings: readonly HostsFinding[];
}

/** Files that patterns name; what stands in more is not known. */
const MOST_LISTS = 64;

/** Yields the path of each file it needs. */
export function* gatherHosts(etc: string, ports: IdPorts): Generator<string, GatheredHosts, HostsText> {
  const [allowPath, denyPath] = [`${etc}/hosts.allow`, `${etc}/hosts.deny`];
  const allow = parseHostsTable(allowPath, yield allowPath, ports);
  const deny = parseHostsTable(denyPath, yield denyPath, ports);
  const lists = new Map<string, readonly string[]>();
  const doubts: HostsFinding[] = [];
  const wanted = new Set(listsNamedIn([...wordsOf(allow), ...wordsOf(deny)]));
  for (const path of wanted) {
    const isOneTooMany = lists.size + doubts.length === MOST_LISTS;
    const file: HostsText = isOneTooMany ? { kind: 'unreadable', reason: 'too many files' } : yield path;
    if (file.kind === 'unreadable')
      doubts.push({ place: path, text: `cannot open: ${file.reason}; nobody knows whom it means` });
    else lists.set(path, file.kind === 'text' ? parseHostList(file.text) : []);
    for (const further of listsNamedIn(lists.get(path) ?? [])) wanted.add(further);
    if (isOneTooMany) break;
  }
  return {
    tables: { allow, deny, lists, isServerAsked: asksForServer([allow, deny]) },
    findings: [...doubts, ...allow.findings, ...deny.findings],
  };
}
