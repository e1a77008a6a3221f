// Host names and domains of an address list, matched against the peer's confirmed name. Pure.
// A look-up per label of the name, however long the list. Case does not matter; a trailing dot is ignored.

import type { AddressPattern } from '../config/attributes/values.ts';

/** The name rules of one list. */
export interface NameSet {
  /** The first name rule of the list, named when a look-up failed. */
  readonly first: AddressPattern;
  /** The rule that matches a host name. */
  readonly match: (name: string) => AddressPattern | undefined;
}

/** Compiles the host and domain patterns of a list; undefined when it has none. */
export function compileNames(patterns: readonly AddressPattern[]): NameSet | undefined {
  const rules = new Map<string, AddressPattern>();
  for (const pattern of patterns) {
    const key = keyOf(pattern);
    if (key !== undefined && !rules.has(key)) rules.set(key, pattern);
  }
  const [first] = rules.values();
  return first === undefined ? undefined : { first, match: (name) => matchName(rules, name) };
}

/** `host.example`, or `.example` for a domain. */
function keyOf(pattern: AddressPattern): string | undefined {
  if (pattern.kind === 'host') return normal(pattern.name);
  if (pattern.kind === 'domain') return `.${normal(pattern.suffix).replace(/^\./u, '')}`;
  return undefined;
}

/** The host itself, then every domain that ends it, longest first. */
function matchName(rules: ReadonlyMap<string, AddressPattern>, name: string): AddressPattern | undefined {
  const host = normal(name);
  const exact = rules.get(host);
  if (exact !== undefined) return exact;
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    const domain = rules.get(host.slice(dot));
    if (domain !== undefined) return domain;
  }
  return undefined;
}

function normal(name: string): string {
  return name.toLowerCase().replace(/\.$/u, '');
}
