// The story of one request: who asks, may it be served, what is written down, who serves. Source: spec section 5.1.
// Facts are gathered in `gather.ts`, `policy/decide.ts` decides, `serve.ts` carries out an allowance. What a verdict hangs
// on and nobody knows yet (a name, the wrappers' files, a command's status) is found out while the connection is held.

import { refusalEvents } from '../audit/transcript.ts';
import type { Requester } from '../audit/transcript.ts';
import { trimLater } from '../native/binding.ts';
import { monotonicMs } from '../native/monotonic.ts';
import { SystemError } from '../native/system-error.ts';
import type { Connection, Peer } from '../net/connection.ts';
import { dropDatagram, peekSender } from '../net/datagram.ts';
import { nextRequestNumber } from '../net/request-number.ts';
import { decide } from '../policy/decide.ts';
import type { WrapperEffects } from '../policy/hosts-effects.ts';
import { sourceOf, unixSource } from '../policy/source.ts';
import type { Source } from '../policy/source.ts';
import { sourceNetwork } from '../policy/source-rate.ts';
import type { Verdict } from '../policy/verdict.ts';
import { pauseForRate } from './activate.ts';
import { TRIM_AFTER_MS } from './clock.ts';
import { findOut, gather, NOTHING_FOUND } from './gather.ts';
import type { Lack, MissingNames, Question } from './gather.ts';
import { greet } from './greet.ts';
import type { Caller } from './greet.ts';
import type { Premises } from './premises.ts';
import { meetCaller } from './proxied.ts';
import { serveRedirect } from './redirect.ts';
import { rememberCaller } from './sensor.ts';
import { serveConnection, serveDatagram, serveListener } from './serve.ts';
import type { ServiceInOperation } from './service.ts';
import { SourceRates } from './source-rates.ts';
import { serveTcpmux } from './tcpmux.ts';
import { dismiss, welcome } from './welcome.ts';
import { answerAtOnce, applySocketOptions, cannotAsk } from './wrappers.ts';

type Denial = Extract<Verdict, { kind: 'deny' }>;
type Settled = Exclude<Verdict, { kind: 'ask' }>;

/** A connection was accepted. */
export function admitConnection(premises: Premises, operation: ServiceInOperation, connection: Connection): void {
  const peer = { connection, source: sourceOfPeer(connection.peer) };
  meetCaller(premises, operation, peer, {
    next: (caller) =>
      greet(premises, operation, caller, { banner: 'banner', next: () => admitCaller(premises, operation, caller) }),
    turnAway: (denial) => conclude(premises, operation, peer, denial),
  });
}

/** A caller has come to a service, by its socket or through tcpmux. */
function admitCaller(premises: Premises, operation: ServiceInOperation, caller: Caller): void {
  pursue(premises, operation, caller, {
    source: caller.source,
    via: caller.via,
    fd: caller.connection.fd,
    found: NOTHING_FOUND,
  });
}

/** Decides, or holds the connection until more is known; where nobody more may be held, decides on what there is. */
function pursue(premises: Premises, operation: ServiceInOperation, caller: Caller, question: Question): void {
  if (question.found.isUnanswered === true) return conclude(premises, operation, caller, cannotAsk(operation));
  const considered = consider(premises, operation, question);
  const lack = lackOf(premises, operation, question, considered);
  if (lack !== undefined && hold(premises, operation, caller, { question, lack })) return;
  conclude(premises, operation, caller, settle(premises, operation, question, considered.verdict));
}

interface Held {
  readonly question: Question;
  readonly lack: Lack;
}

/** False when too many wait already. */
function hold(premises: Premises, operation: ServiceInOperation, caller: Caller, { question, lack }: Held): boolean {
  const leave = premises.waiting.enter(operation.key, caller.source.plain);
  if (leave === undefined) return false;
  void findOut(premises, operation, question, lack).then((found) => {
    leave();
    if (operation.isRetired) return caller.connection.close();
    pursue(premises, operation, caller, { ...question, found, isCounted: true });
  });
  return true;
}

function conclude(premises: Premises, operation: ServiceInOperation, caller: Caller, verdict: Settled): void {
  sayNotes(premises, verdict);
  if (verdict.kind === 'allow')
    return welcome(premises, operation, caller, () => serve(premises, operation, caller, effectsOf(verdict)));
  const { requestNumber } = caller.connection;
  refuse(premises, operation, { source: caller.source, requestNumber, denial: verdict });
  dismiss(premises, operation, caller, verdict);
}

function serve(
  premises: Premises,
  operation: ServiceInOperation,
  caller: Caller,
  allowed: { readonly effects?: WrapperEffects },
): void {
  const target = operation.service.config.redirect;
  const isPassedOn = target !== undefined || operation.equipment.isTcpmux;
  if (!isPassedOn || allowed.effects?.twist !== undefined)
    return serveConnection(premises, operation, { ...caller, ...allowed });
  if (allowed.effects !== undefined) applySocketOptions(premises, allowed.effects, caller.connection.fd);
  if (target !== undefined) return serveRedirect(premises, operation, { ...caller, target });
  serveTcpmux(premises, operation, caller, (named, passedOn) => admitCaller(premises, named, passedOn));
}

/** Answered at one wake-up, so that a flood keeps nobody else waiting. */
const DATAGRAMS_AT_ONCE = 32;

/** Datagrams wait on the socket of a built-in service, or one on that of a server that will read it itself. */
export function admitDatagrams(premises: Premises, operation: ServiceInOperation): void {
  for (let left = DATAGRAMS_AT_ONCE; left > 0 && admitDatagram(premises, operation); left -= 1);
}

/** True when the next one may be looked at. */
function admitDatagram(premises: Premises, operation: ServiceInOperation): boolean {
  if (isPutOff(premises, operation)) return false;
  const fd = operation.listener?.fd ?? -1;
  const sender = quietly(premises, operation, () => peekSender(fd));
  if (sender === undefined) return false;
  const source = sourceOfPeer(sender);
  const verdict = judge(premises, operation, { source, fd, found: NOTHING_FOUND });
  if (verdict.kind === 'allow') serveDatagram(premises, operation, { sender, source, ...effectsOf(verdict) });
  else {
    quietly(premises, operation, () => dropDatagram(fd));
    refuse(premises, operation, { source, requestNumber: nextRequestNumber(), denial: verdict });
  }
  return operation.listener?.isSuspended === false;
}

/** A connection waits on a socket that the server accepts from itself: the peer cannot be known. */
export function admitListener(premises: Premises, operation: ServiceInOperation): void {
  if (isPutOff(premises, operation)) return;
  const verdict = judge(premises, operation, { source: undefined, fd: -1, found: NOTHING_FOUND });
  if (verdict.kind === 'allow') return serveListener(premises, operation, effectsOf(verdict));
  refuse(premises, operation, { source: undefined, requestNumber: nextRequestNumber(), denial: verdict });
  if (verdict.disableSeconds === undefined) rest(operation);
}

/** What cannot be held stays in the socket's queue while the wrappers' files are looked at. */
function isPutOff(premises: Premises, operation: ServiceInOperation): boolean {
  const { listener } = operation;
  const isKnown = operation.equipment.wrapping === 'never' || premises.hosts.isFresh(monotonicMs());
  if (isKnown || listener === undefined) return false;
  listener.suspend();
  void premises.hosts.current().then(() => {
    if (operation.listener === listener && operation.state === 'active') listener.resume();
  });
  return true;
}

/** Decides at once, whatever is lacking. */
function judge(premises: Premises, operation: ServiceInOperation, question: Question): Settled {
  const { verdict, missing } = consider(premises, operation, question);
  // differs: D59 a datagram cannot wait: without a name it is decided now, and the next one finds the answer.
  for (const source of missing.sources) void premises.names.find(source);
  const settled = settle(premises, operation, question, verdict);
  sayNotes(premises, settled);
  return settled;
}

interface Considered {
  readonly verdict: Verdict;
  readonly missing: MissingNames;
  readonly nowMs: number;
}

/** Asks the policy and remembers the rates. */
function consider(premises: Premises, operation: ServiceInOperation, question: Question): Considered {
  trimLater(TRIM_AFTER_MS);
  const { request, missing } = gather(premises, operation, question);
  const { verdict, rate, sourceRate } = decide(request);
  operation.rate = rate;
  if (sourceRate !== undefined && question.source !== undefined) {
    operation.sources ??= new SourceRates();
    operation.sources.set(sourceNetwork(question.source), sourceRate);
  }
  return { verdict, missing, nowMs: request.nowMs };
}

/** Those whose denial no name and no rule of the wrappers' files could change. */
const EARLY: readonly string[] = ['proxy_from', 'sensor'];

/** What the verdict hangs on. Limits, times and bans ask for nothing: what they refuse is refused at once. */
function lackOf(
  premises: Premises,
  operation: ServiceInOperation,
  { found }: Question,
  { verdict, missing, nowMs }: Considered,
): Lack | undefined {
  const isEarly = verdict.kind === 'deny' && (verdict.stage === 'before-fork' || EARLY.includes(verdict.by));
  if (isEarly) return undefined;
  const isByAddress = verdict.kind === 'deny' && verdict.by === 'access';
  if (isByAddress && !missing.isForAccess) return undefined;
  const isWrapped = operation.equipment.wrapping !== 'never';
  if (isWrapped && found.tables === undefined && !premises.hosts.isFresh(nowMs)) return { kind: 'tables' };
  if (missing.sources.length > 0) return { kind: 'names', missing };
  return verdict.kind === 'ask' ? { kind: 'step', step: verdict.step } : undefined;
}

/** A verdict without what it asks for. */
function settle(premises: Premises, operation: ServiceInOperation, question: Question, verdict: Verdict): Settled {
  if (verdict.kind !== 'ask') return verdict;
  const answer = answerAtOnce(premises, operation, verdict.step);
  if (answer === undefined) return cannotAsk(operation);
  const found = { ...question.found, answers: [...question.found.answers, answer] };
  const next = { ...question, found, isCounted: true };
  return settle(premises, operation, next, consider(premises, operation, next).verdict);
}

function effectsOf({ effects }: Extract<Verdict, { kind: 'allow' }>): { readonly effects?: WrapperEffects } {
  return effects === undefined ? {} : { effects };
}

/** What a decision has to say to the daemon's log. */
function sayNotes(premises: Premises, { notes }: Verdict): void {
  for (const note of notes) premises.log(note.level, 'access_control', note.text);
}

interface Refusal extends Requester {
  readonly denial: Denial;
}

function refuse(premises: Premises, operation: ServiceInOperation, refusal: Refusal): void {
  const { source, denial } = refusal;
  if (denial.disableSeconds !== undefined) pauseForRate(premises, operation, denial.disableSeconds);
  const { refused } = operation.tally;
  refused.set(denial.reason, (refused.get(denial.reason) ?? 0) + 1);
  if (denial.by === 'sensor') rememberCaller(premises, operation, source);
  if (isRepeated(operation, source)) return;
  operation.log?.record(refusalEvents(operation.occasion(refusal), denial, premises.pid));
}

/** Datagrams that the daemon itself would have answered: see repeats.ts. */
function isRepeated({ equipment, lastRefused }: ServiceInOperation, source: Source | undefined): boolean {
  const isOwn = equipment.service.config.socket_type === 'dgram' && !equipment.isForking;
  return isOwn && source !== undefined && lastRefused.isRepeated(source, monotonicMs());
}

const REST_MS = 1000;

/** A refused connection stays in the socket's queue: look at it again later instead of spinning (differs: F1). */
function rest(operation: ServiceInOperation): void {
  const { listener } = operation;
  if (listener === undefined) return;
  listener.suspend();
  setTimeout(() => {
    if (operation.listener === listener && operation.state === 'active') listener.resume();
  }, REST_MS);
}

function sourceOfPeer(peer: Peer): Source {
  if (peer.person !== undefined) return unixSource(peer.person);
  return sourceOf(peer.family, peer.port, peer.text, peer.words);
}

/** A datagram socket may report an earlier ICMP error instead of data; the next datagram is another matter. */
function quietly<T>(premises: Premises, operation: ServiceInOperation, receive: () => T): T | undefined {
  try {
    return receive();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    premises.log('error', 'svc_request', `service ${operation.id}, recvfrom: ${error.described}`);
    return undefined;
  }
}
