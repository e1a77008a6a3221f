// only_from and no_access: who may call at all. Pure.
// The reference's rule (its manual says otherwise): no list is more specific than the other. A match in no_access
// denies, whatever only_from says; an only_from that does not match denies; the rest is allowed. An unknown source
// passes, since there is nothing to compare. Names are matched only against a name the daemon has confirmed.
// Source: xinetd.conf(5) only_from, no_access; compat/003-access-address-forms.

import type { AddressPattern } from '../config/attributes/values.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { compileNames } from './host-names.ts';
import type { NameSet } from './host-names.ts';
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
}

/** Both lists of a service; undefined = not given (for no_access also: empty). */
export interface AccessTable {
  readonly onlyFrom: AddressList | undefined;
  readonly noAccess: AddressList | undefined;
}

/** Compiles the lists of a service once, when it is loaded. */
export function compileAccess(config: Pick<ServiceConfig, 'only_from' | 'no_access'>): AccessTable {
  const { only_from, no_access } = config;
  return {
    onlyFrom: only_from === undefined ? undefined : compileList(only_from),
    noAccess: no_access === undefined || no_access.length === 0 ? undefined : compileList(no_access),
  };
}

/** True when the verdict hangs on the peer's name, so that it is worth looking up. */
export function needsHostName(access: AccessTable, source: Source | undefined): boolean {
  if (source === undefined) return false;
  const { noAccess, onlyFrom } = access;
  if (noAccess?.prefixes.match(source) !== undefined) return false;
  const isAdmitted = onlyFrom === undefined || onlyFrom.prefixes.match(source) !== undefined;
  if (!isAdmitted) return onlyFrom.names !== undefined;
  return noAccess?.names !== undefined;
}

/** Denies by only_from and no_access. */
export function accessCheck(request: PolicyRequest): Denial | undefined {
  const { source, access, hostName, service } = request;
  if (source === undefined) return undefined;
  const refused = access.noAccess === undefined ? undefined : refusingRule(access.noAccess, source, hostName);
  const admitted = access.onlyFrom === undefined ? undefined : admittingRule(access.onlyFrom, source, hostName);
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
  return { prefixes: compilePrefixes(patterns), names: compileNames(patterns) };
}

/** The rule of no_access that denies; not certain when only the failed look-up of a name speaks for it. */
function refusingRule(
  list: AddressList,
  source: Source,
  hostName: HostName,
): { pattern: AddressPattern; isCertain: boolean } | undefined {
  const byAddress = list.prefixes.match(source);
  if (byAddress !== undefined) return { pattern: byAddress, isCertain: true };
  if (list.names === undefined) return undefined;
  if (hostName.kind !== 'known') return { pattern: list.names.first, isCertain: false };
  const byName = list.names.match(hostName.name);
  return byName === undefined ? undefined : { pattern: byName, isCertain: true };
}

function admittingRule(list: AddressList, source: Source, hostName: HostName): AddressPattern | undefined {
  const byAddress = list.prefixes.match(source);
  if (byAddress !== undefined || list.names === undefined || hostName.kind !== 'known') return byAddress;
  return list.names.match(hostName.name);
}

function bothMatch(id: string, source: Source): { readonly level: 'error'; readonly text: string } {
  return {
    level: 'error',
    text: `Service=${id}: only_from list and no_access list match equally the address ${source.text}`,
  };
}
