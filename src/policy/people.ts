// uid: and gid: words of an address list, matched against the caller of a unix socket. Pure.
// A caller is of its group and of its supplementary groups. Words about hosts never speak of such callers, but for one: a
// no_access that keeps out every address keeps them out too.

import { isEverybody } from '../config/attributes/address-words.ts';
import type { AddressPattern } from '../config/attributes/values.ts';
import type { Person } from './source.ts';

/** The words of one list that concern callers of unix sockets. */
export interface PeopleSet {
  /** The word that names the caller. */
  readonly match: (person: Person) => AddressPattern | undefined;
  /** The word for every address. */
  readonly everybody: AddressPattern | undefined;
}

/** Compiles the words about people; what matches first of user, group and supplementary groups is named. */
export function compilePeople(patterns: readonly AddressPattern[]): PeopleSet {
  const rules = new Map<string, AddressPattern>();
  for (const pattern of patterns) {
    if (pattern.kind !== 'uid' && pattern.kind !== 'gid') continue;
    const key = `${pattern.kind} ${pattern.number}`;
    if (!rules.has(key)) rules.set(key, pattern);
  }
  return { match: (person) => matchPerson(rules, person), everybody: patterns.find(isEverybody) };
}

function matchPerson(rules: ReadonlyMap<string, AddressPattern>, person: Person): AddressPattern | undefined {
  if (rules.size === 0) return undefined;
  const keys = [`uid ${person.uid}`, `gid ${person.gid}`, ...person.groups.map((gid) => `gid ${gid}`)];
  const found = keys.find((key) => rules.has(key));
  return found === undefined ? undefined : rules.get(found);
}
