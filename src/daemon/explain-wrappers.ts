// What hosts.allow and hosts.deny say about a caller, as a short sentence for people. Pure.

import { consultWrappers, placeText, wrappedName } from '../policy/hosts-access.ts';
import type { WrapperFacts } from '../policy/hosts-access.ts';
import type { WrapperEffects } from '../policy/hosts-effects.ts';
import type { PolicyRequest } from '../policy/request.ts';

/** The sentence of the check `libwrap`. */
export function wrapperWords(request: PolicyRequest): string {
  const { wrappers, service } = request;
  if (wrappers === undefined) return 'hosts.allow and hosts.deny are not looked at';
  const daemon = wrappedName(service);
  if (daemon === undefined) return 'there is no name to look for in hosts.allow and hosts.deny';
  const { kind, rule, mistake, effects } = consultWrappers(request, wrappers, daemon);
  const nameless = request.hostName.kind === 'unknown' ? ', and the name of the caller is not known' : '';
  if (rule === undefined && kind === 'deny') return `hosts.deny is broken, so that everybody is refused${nameless}`;
  if (rule === undefined) return `no rule for "${daemon}" in hosts.allow and hosts.deny matches${nameless}`;
  const said = kind === 'deny' ? `refuses${mistake === undefined ? '' : ` (${mistake})`}` : `admits${besides(effects)}`;
  return `${placeText(rule)} ${said}${nameless}${isGuess(wrappers, rule) ? GUESS : ''}`;
}

const GUESS = ', if its commands succeed';

function besides({ twist }: WrapperEffects): string {
  return twist === undefined ? '' : ` and runs "${twist}" instead`;
}

function isGuess({ tables }: WrapperFacts, { path, line }: { readonly path: string; readonly line: number }): boolean {
  const table = tables.allow.path === path ? tables.allow : tables.deny;
  return table.rules.some((rule) => rule.line === line && rule.options.some(({ kind }) => kind === 'aclexec'));
}
