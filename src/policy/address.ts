// only_from and no_access: who may call at all. Pure.
// The reference's rule (its manual says otherwise): no list is more specific than the other. A match in no_access
// denies, whatever only_from says; an only_from that does not match denies; the rest is allowed. An unknown source
// passes, since there is nothing to compare. Names are matched only against a name the daemon has confirmed.
// Source: xinetd.conf(5) only_from, no_access; compat/003-access-address-forms.

import type { AddressPattern } from '../config/attributes/values.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { compileNames } from './host-names.ts';
import type { NameSet } from './host-names.ts';
import { compilePeople } from './people.ts';
import type { PeopleSet } from './people.ts';
import { compilePrefixes } from './prefix-set.ts';
import type { PrefixSet } from './prefix-set.ts';
import type { HostName, PolicyRequest } from './request.ts';
import type { Source } from './source.ts';
import type { Denial } from './verdict.ts';

/** One list, compiled; matching does not get slower with its length. */
export interface AddressList {
  readonly prefixes: PrefixSet;
  /** undefined: no name stands in the list. */
  readonly names: NameSet | undefined;
  readonly people: PeopleSet;
}

/** The lists of a service; undefined = not given (for no_access also: empty). */
export interface AccessTable {
  readonly onlyFrom: AddressList | undefined;
  readonly noAccess: AddressList | undefined;
  /** Through whom callers come. */
  readonly proxies: PrefixSet | undefined;
}

/** Compiles the lists of a service once, when it is loaded. */
export function compileAccess(config: Pick<ServiceConfig, 'only_from' | 'no_access' | 'proxy_from'>): AccessTable {
  const { only_from, no_access, proxy_from } = config;
  return {
    onlyFrom: only_from === undefined ? undefined : compileList(only_from),
    noAccess: no_access === undefined || no_access.length === 0 ? undefined : compileList(no_access),
    proxies: proxy_from === undefined ? undefined : compilePrefixes(proxy_from),
  };
}

/** True when the verdict hangs on the peer's name, so that it is worth looking up. */
export function needsHostName(access: AccessTable, source: Source | undefined): boolean {
  if (source === undefined || source.family === 'unix') return false;
  const { noAccess, onlyFrom } = access;
  if (noAccess?.names === undefined && onlyFrom?.names === undefined) return false;
  if (noAccess?.prefixes.match(source) !== undefined) return false;
  const isAdmitted = onlyFrom === undefined || onlyFrom.prefixes.match(source) !== undefined;
  if (!isAdmitted) return onlyFrom.names !== undefined;
  return noAccess?.names !== undefined;
}

/** The words of both lists that speak about a request. */
export interface AccessRules {
  /** Not certain when only the failed look-up of a name speaks for it. */
  readonly refused: { readonly pattern: AddressPattern; readonly isCertain: boolean } | undefined;
  readonly admitted: AddressPattern | undefined;
}

/** Which word of no_access refuses the source, and which of only_from admits it. */
export function accessRules({ source, access, hostName }: PolicyRequest): AccessRules {
  if (source === undefined) return { refused: undefined, admitted: undefined };
  const { noAccess, onlyFrom } = access;
  return {
    refused: noAccess === undefined ? undefined : refusingRule(noAccess, source, hostName),
    admitted: onlyFrom === undefined ? undefined : admittingRule(onlyFrom, source, hostName),
  };
}

/** Denies by only_from and no_access. */
export function accessCheck(request: PolicyRequest): Denial | undefined {
  const { source, access, service } = request;
  if (source === undefined) return undefined;
  const { refused, admitted } = accessRules(request);
  if (refused !== undefined) {
    const isBoth = admitted !== undefined && refused.isCertain;
    return {
      reason: 'address',
      rule: refused.pattern.span,
      notes: isBoth ? [bothMatch(service.config.id, source)] : [],
    };
  }
  if (access.onlyFrom === undefined || admitted !== undefined) return undefined;
  return { reason: 'address', rule: service.origins.only_from?.span };
}

function compileList(patterns: readonly AddressPattern[]): AddressList {
  return { prefixes: compilePrefixes(patterns), names: compileNames(patterns), people: compilePeople(patterns) };
}

function refusingRule(list: AddressList, source: Source, hostName: HostName): AccessRules['refused'] {
  if (source.person !== undefined) {
    const pattern = list.people.match(source.person) ?? list.people.everybody;
    return pattern === undefined ? undefined : { pattern, isCertain: true };
  }
  const byAddress = list.prefixes.match(source);
  if (byAddress !== undefined) return { pattern: byAddress, isCertain: true };
  if (list.names === undefined) return undefined;
  if (hostName.kind !== 'known') return { pattern: list.names.first, isCertain: false };
  const byName = matchNames(list.names, hostName);
  return byName === undefined ? undefined : { pattern: byName, isCertain: true };
}

function admittingRule(list: AddressList, source: Source, hostName: HostName): AddressPattern | undefined {
  if (source.person !== undefined) return list.people.match(source.person);
  const byAddress = list.prefixes.match(source);
  if (byAddress !== undefined || list.names === undefined || hostName.kind !== 'known') return byAddress;
  return matchNames(list.names, hostName);
}

/** A caller with several confirmed names is each of them. */
function matchNames(
  names: NameSet,
  { name, others = [] }: Extract<HostName, { kind: 'known' }>,
): AddressPattern | undefined {
  for (const each of [name, ...others]) {
    const rule = names.match(each);
    if (rule !== undefined) return rule;
  }
  return undefined;
}

function bothMatch(id: string, source: Source): { readonly level: 'error'; readonly text: string } {
  return {
    level: 'error',
    text: `Service=${id}: only_from list and no_access list match equally the address ${source.text}`,
  };
}
