// The attribute `libwrap`: what hosts.allow and hosts.deny say about a request. Pure.
// The first rule that matches in hosts.allow admits, else the first in hosts.deny refuses, else the request is admitted;
// the options of the rule may change that. What can only be known by doing something (a command's status) is asked of
// the daemon, step by step, and the question put again with the answers. Source: hosts_access(5), spec section 5.5.

import type { Service } from '../config/service.ts';
import type { HostsRule, HostsTable, HostsTables } from './hosts-access-parse.ts';
import { effectsWith, NO_EFFECTS, stepOf } from './hosts-effects.ts';
import type { WrapperEffects, WrapperStep } from './hosts-effects.ts';
import { hostOf, matchesClient, matchesDaemon, matchesList } from './hosts-match.ts';
import type { HostsOption } from './hosts-options.ts';
import type { HostLists } from './hosts-pattern.ts';
import type { WrappedRequest } from './hosts-percent.ts';
import type { HostName, PolicyRequest } from './request.ts';
import type { Source } from './source.ts';
import { NO_ADDRESS } from './source.ts';
import type { Denial, Grant, Note } from './verdict.ts';

/** What a decision by the wrappers' files is made from; absent where the service does not ask them. */
export interface WrapperFacts {
  readonly tables: HostsTables;
  /** The end of the connection that is here; undefined where it is not known. */
  readonly server: Source | undefined;
  /** undefined: not looked up. */
  readonly serverName: HostName | undefined;
  readonly pid: number;
  /** Whether the server would be root, who alone may become somebody else. */
  readonly isRoot: boolean;
  /** How the steps went that were asked for before, in their order. */
  readonly answers: readonly boolean[];
}

/** Where the rule stands that decides. */
export interface RulePlace {
  readonly path: string;
  readonly line: number;
}

/** What the files say. */
export interface WrapperRuling {
  readonly kind: 'allow' | 'deny' | 'ask';
  readonly step?: WrapperStep;
  readonly effects: WrapperEffects;
  readonly rule?: RulePlace;
  /** A mistake in the rule, which denies. */
  readonly mistake?: string;
  /** Names that were asked for and had not been looked up. */
  readonly needs: { readonly hostName: boolean; readonly serverName: boolean };
}

/** Whether a service asks the files at all. compat: RPC services over TCP never do. */
export function asksWrappers({ flags, type, protocol }: Service['config']): boolean {
  return !flags.includes('NOLIBWRAP') && !(type.includes('RPC') && protocol?.name === 'tcp');
}

/** The name under which a service stands in the files; undefined where there is none. */
export function wrappedName({ name, config }: Service): string | undefined {
  const { libwrap, redirect, type, flags, server, server_args } = config;
  if (libwrap !== undefined) return libwrap;
  if (redirect !== undefined || type.includes('INTERNAL')) return name;
  const path = flags.includes('NAMEINARGS') ? server_args[0] : server;
  return path?.slice(path.lastIndexOf('/') + 1);
}

/** Asks the files about a request. */
export function consultWrappers(request: PolicyRequest, facts: WrapperFacts, daemon: string): WrapperRuling {
  const needs = { hostName: false, serverName: false };
  const wrapped: WrappedRequest = {
    daemon,
    client: hostOf(request.source, request.hostName, () => (needs.hostName = true)),
    server: hostOf(facts.server, facts.serverName, () => (needs.serverName = true)),
    pid: facts.pid,
  };
  return { ...ruleOf(wrapped, facts), needs };
}

/** The names that the answer hangs on and that nobody has looked up. */
export function wrappersNeed(request: PolicyRequest): WrapperRuling['needs'] {
  const { wrappers, service } = request;
  const daemon = wrappers === undefined ? undefined : wrappedName(service);
  if (wrappers === undefined || daemon === undefined) return { hostName: false, serverName: false };
  return consultWrappers(request, wrappers, daemon).needs;
}

/** Denies, lets pass, or asks for a step to be taken first. */
export function libwrapCheck(request: PolicyRequest): Denial | Grant | undefined {
  const { wrappers, service, source } = request;
  if (wrappers === undefined) return undefined;
  const id = service.config.id;
  const address = source?.text ?? NO_ADDRESS;
  const daemon = wrappedName(service);
  if (daemon === undefined) {
    const text = `server param not provided to libwrap refusing connection to ${id} from ${address}`;
    return { reason: 'libwrap', notes: [{ level: 'info', text }] };
  }
  const { kind, step, effects, rule, mistake } = consultWrappers(request, wrappers, daemon);
  const isVain = effects.twist !== undefined && source === undefined;
  if (kind !== 'deny' && !isVain) return { effects, ...(step === undefined ? {} : { step }) };
  const text = `libwrap refused connection to ${id} (libwrap=${daemon}) from ${address}`;
  const why = isVain ? 'twist needs a connection' : mistake;
  const trouble: readonly Note[] = why === undefined ? [] : [{ level: 'error', text: `${placeText(rule)}: ${why}` }];
  return { reason: 'libwrap', notes: [...trouble, { level: 'info', text }] };
}

/** `file:line`. */
export function placeText(place: RulePlace | undefined): string {
  return place === undefined ? 'hosts.deny' : `${place.path}:${place.line}`;
}

type Found = Omit<WrapperRuling, 'needs'>;

function ruleOf(request: WrappedRequest, { tables, answers, isRoot }: WrapperFacts): Found {
  const { lists } = tables;
  const allowing = tableSays(tables.allow, request, { usually: 'allow', lists, answers, isRoot });
  if (allowing.kind !== 'none') return allowing.kind === 'match' ? { ...allowing, kind: 'allow' } : allowing;
  const left = answers.slice(allowing.used);
  const denying = tableSays(tables.deny, request, { usually: 'deny', lists, answers: left, isRoot });
  if (denying.kind === 'match') return { ...denying, kind: 'deny' };
  if (denying.kind !== 'none') return denying;
  return { kind: tables.deny.isBroken ? 'deny' : 'allow', effects: NO_EFFECTS };
}

interface Circumstances {
  /** What a rule of the file says unless its options say otherwise. */
  readonly usually: 'allow' | 'deny';
  readonly lists: HostLists;
  readonly answers: readonly boolean[];
  readonly isRoot: boolean;
}

/** `match`: a rule speaks, and the file says which way; `none` has used up so many answers. */
type TableSays =
  | Found
  | (Omit<Found, 'kind'> & { readonly kind: 'match' })
  | { readonly kind: 'none'; readonly used: number };

/** Options that say what becomes of those whom a rule means. */
const ENDINGS: readonly HostsOption['kind'][] = ['allow', 'deny', 'twist'];

/** A rule that may mean the caller counts as one that does where it keeps callers from the server, else as one that does not. */
function tableSays(table: HostsTable, request: WrappedRequest, circumstances: Circumstances): TableSays {
  const { lists, usually } = circumstances;
  const rule = table.rules.find(({ daemons, clients, options }) => {
    const ending = options.find(({ kind }) => ENDINGS.includes(kind))?.kind ?? usually;
    const reading = { lists, inDoubt: ending !== 'allow' };
    return (
      matchesList(daemons, reading, (word, taken) => matchesDaemon(word, request, taken)) &&
      matchesList(clients, reading, (word, taken) => matchesClient(word, request, taken))
    );
  });
  // compat: a broken hosts.deny denies even where an earlier rule of it would have had the last word: none matched.
  if (rule === undefined) return { kind: 'none', used: 0 };
  return carryOut({ path: table.path, line: rule.line }, rule, { request, ...circumstances });
}

/** compat: a command that fails makes the whole file say nothing. */
function carryOut(
  place: RulePlace,
  { options, mistake }: HostsRule,
  { request, answers, isRoot }: Circumstances & { readonly request: WrappedRequest },
): TableSays {
  let effects = NO_EFFECTS;
  let used = 0;
  let isFailed = false;
  for (const option of options) {
    if (option.kind === 'allow' || option.kind === 'deny') return { kind: option.kind, effects, rule: place };
    if (option.kind === 'ids' && !isRoot) {
      return { kind: 'deny', effects, rule: place, mistake: `setgid(${option.name}): Operation not permitted` };
    }
    const step = stepOf(option, request, effects);
    if (step === 'too long') return tooLong(place, effects);
    if (step !== undefined) {
      const answer = answers[used];
      if (answer === undefined) return { kind: 'ask', step, effects, rule: place };
      if (option.kind === 'aclexec') isFailed = !answer;
      used += 1;
      continue;
    }
    const next = effectsWith(effects, option, request);
    if (next === undefined) return tooLong(place, effects);
    effects = next;
  }
  if (mistake !== undefined) return { kind: 'deny', effects, rule: place, mistake };
  if (effects.twist !== undefined) return { kind: 'allow', effects, rule: place };
  return isFailed ? { kind: 'none', used } : { kind: 'match', effects, rule: place };
}

function tooLong(rule: RulePlace, effects: WrapperEffects): Found {
  return { kind: 'deny', effects, rule, mistake: 'percent_x: expansion too long' };
}
