// Tables and requests for tests of the wrappers' files.

import type { WrapperFacts } from '../../src/policy/hosts-access.ts';
import { parseHostsTable } from '../../src/policy/hosts-access-parse.ts';
import type { HostsTable, HostsTables } from '../../src/policy/hosts-access-parse.ts';
import type { IdPorts } from '../../src/policy/hosts-options.ts';

/** One user, one group. */
export const PEOPLE: IdPorts = {
  lookupUser: (name) => (name === 'nobody' ? { uid: 65_534, gid: 65_534 } : undefined),
  lookupGroup: (name) => (name === 'nogroup' ? { gid: 65_533 } : undefined),
  groupList: (_, gid) => [gid, 7],
};

export function table(text: string, path = '/etc/hosts.allow'): HostsTable {
  return parseHostsTable(path, { kind: 'text', text }, PEOPLE);
}

export function tables(allow: string, deny: string, lists: HostsTables['lists'] = new Map()): HostsTables {
  return { allow: table(allow), deny: table(deny, '/etc/hosts.deny'), lists, isServerAsked: false };
}

export function wrapperFacts(allow: string, deny: string, facts: Partial<WrapperFacts> = {}): WrapperFacts {
  return {
    tables: tables(allow, deny),
    server: undefined,
    serverName: undefined,
    pid: 42,
    isRoot: true,
    answers: [],
    ...facts,
  };
}
