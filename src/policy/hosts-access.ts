// The attribute `libwrap`: what hosts.allow and hosts.deny say about a request. Pure.
// The first rule that matches in hosts.allow admits, else the first in hosts.deny refuses, else the request is admitted;
// the options of the rule may change that. What can only be known by doing something (a command's status) is asked of
// the daemon, step by step, and the question put again with the answers. Source: hosts_access(5), spec section 5.5.

import type { Service } from '../config/service.ts';
import type { HostsRule, HostsTable, HostsTables } from './hosts-access-parse.ts';
import type { HostsOption, WrapperIds } from './hosts-options.ts';
import { hostOf, matchesClient, matchesDaemon, matchesList } from './hosts-match.ts';
import type { HostLists } from './hosts-pattern.ts';
import { expandPercent } from './hosts-percent.ts';
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
  /** How the steps went that were asked for before, in their order. */
  readonly answers: readonly boolean[];
}

/** What the daemon has to do before the question can be answered. */
export type WrapperStep =
  /** A shell command; its status 0 is the answer yes. `isDeciding`: the verdict hangs on it. */
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly isDeciding: boolean;
      readonly settings: readonly string[];
    }
  /** A file to be sent to the caller, its text expanded by `expand`. */
  | { readonly kind: 'banner'; readonly path: string; readonly expand: (text: string) => string | undefined };

/** What the rule changes for the server. */
export interface WrapperEffects {
  /** Shell command that is run in the server's place. */
  readonly twist?: string;
  /** `NAME=value`. */
  readonly settings: readonly string[];
  readonly umask?: number;
  readonly nice?: number;
  readonly ids?: WrapperIds & { readonly name: string };
  readonly lingerSeconds?: number;
  readonly isKeepAlive?: boolean;
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
  const daemon = wrappedName(service);
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
  if (kind !== 'deny') return { effects, ...(step === undefined ? {} : { step }) };
  const text = `libwrap refused connection to ${id} (libwrap=${daemon}) from ${address}`;
  const trouble: readonly Note[] =
    mistake === undefined ? [] : [{ level: 'error', text: `${placeText(rule)}: ${mistake}` }];
  return { reason: 'libwrap', notes: [...trouble, { level: 'info', text }] };
}

/** `file:line`. */
export function placeText(place: RulePlace | undefined): string {
  return place === undefined ? 'hosts.deny' : `${place.path}:${place.line}`;
}

type Found = Omit<WrapperRuling, 'needs'>;

const NO_EFFECTS: WrapperEffects = { settings: [] };

function ruleOf(request: WrappedRequest, { tables, answers }: WrapperFacts): Found {
  const allowing = tableSays(tables.allow, request, { lists: tables.lists, answers });
  if (allowing.kind !== 'none') return allowing.kind === 'match' ? { ...allowing, kind: 'allow' } : allowing;
  const left = answers.slice(allowing.used);
  const denying = tableSays(tables.deny, request, { lists: tables.lists, answers: left });
  if (denying.kind === 'match') return { ...denying, kind: 'deny' };
  if (denying.kind !== 'none') return denying;
  return { kind: tables.deny.isBroken ? 'deny' : 'allow', effects: NO_EFFECTS };
}

interface Circumstances {
  readonly lists: HostLists;
  readonly answers: readonly boolean[];
}

/** `match`: a rule speaks, and the file says which way; `none` has used up so many answers. */
type TableSays = Found | (Omit<Found, 'kind'> & { readonly kind: 'match' }) | { readonly kind: 'none'; readonly used: number };

function tableSays(table: HostsTable, request: WrappedRequest, circumstances: Circumstances): TableSays {
  const { lists } = circumstances;
  const rule = table.rules.find(
    ({ daemons, clients }) =>
      matchesList(daemons, (word) => matchesDaemon(word, request, lists)) &&
      matchesList(clients, (word) => matchesClient(word, request, lists)),
  );
  // compat: a broken hosts.deny denies even where an earlier rule of it would have had the last word: none matched.
  if (rule === undefined) return { kind: 'none', used: 0 };
  return carryOut({ path: table.path, line: rule.line }, rule, { request, ...circumstances });
}

/** compat: a command that fails makes the whole file say nothing. */
function carryOut(
  place: RulePlace,
  { options, mistake }: HostsRule,
  { request, answers }: Circumstances & { readonly request: WrappedRequest },
): TableSays {
  let effects = NO_EFFECTS;
  let used = 0;
  let isFailed = false;
  for (const option of options) {
    if (option.kind === 'allow' || option.kind === 'deny') return { kind: option.kind, effects, rule: place };
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

function stepOf(
  option: HostsOption,
  request: WrappedRequest,
  { settings }: WrapperEffects,
): WrapperStep | 'too long' | undefined {
  switch (option.kind) {
    case 'spawn':
    case 'aclexec': {
      const command = expandPercent(option.command, request);
      if (command === undefined) return 'too long';
      return { kind: 'command', command, isDeciding: option.kind === 'aclexec', settings };
    }
    case 'banners':
      return {
        kind: 'banner',
        path: `${option.directory}/${request.daemon}`,
        expand: (text) => expandPercent(text, request),
      };
    default:
      return undefined;
  }
}

/** Undefined: an expansion is too long. */
function effectsWith(
  effects: WrapperEffects,
  option: HostsOption,
  request: WrappedRequest,
): WrapperEffects | undefined {
  switch (option.kind) {
    case 'twist': {
      const twist = expandPercent(option.command, request);
      return twist === undefined ? undefined : { ...effects, twist };
    }
    case 'setenv': {
      const value = expandPercent(option.value, request);
      return value === undefined
        ? undefined
        : { ...effects, settings: [...effects.settings, `${option.name}=${value}`] };
    }
    case 'umask':
      return { ...effects, umask: option.mask };
    case 'nice':
      return { ...effects, nice: (effects.nice ?? 0) + option.increment };
    case 'ids':
      return { ...effects, ids: { name: option.name, ...mergeIds(effects.ids, option.ids) } };
    case 'linger':
      return { ...effects, lingerSeconds: option.seconds };
    case 'keepalive':
      return { ...effects, isKeepAlive: true };
    default:
      return effects;
  }
}

function mergeIds(earlier: WrapperIds | undefined, later: WrapperIds): WrapperIds {
  return {
    uid: later.uid ?? earlier?.uid,
    gid: later.gid ?? earlier?.gid,
    groups: later.groups ?? earlier?.groups,
  };
}
