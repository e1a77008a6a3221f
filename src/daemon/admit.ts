// The story of one request: who asks, may it be served, what is written down, who serves. Source: spec section 5.1.
// Facts are gathered here, `policy/decide.ts` decides, `serve.ts` carries out an allowance.

import { loadavg } from 'node:os';
import { refusalEvents } from '../audit/transcript.ts';
import { trimLater } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import type { Connection, Peer } from '../net/connection.ts';
import { dropDatagram, peekDatagram } from '../net/datagram.ts';
import { decide } from '../policy/decide.ts';
import { needsHostName } from '../policy/address.ts';
import type { HostName, PolicyRequest } from '../policy/request.ts';
import { sourceOf } from '../policy/source.ts';
import type { Source } from '../policy/source.ts';
import { sourceNetwork } from '../policy/source-rate.ts';
import type { Verdict } from '../policy/verdict.ts';
import { localMinuteNow, monotonicMs, TRIM_AFTER_MS } from './clock.ts';
import { pauseForRate } from './activate.ts';
import { UNKNOWN } from './confirm-name.ts';
import type { Premises } from './premises.ts';
import { rememberCaller } from './sensor.ts';
import { SourceRates } from './source-rates.ts';
import { serveConnection, serveDatagram, serveListener } from './serve.ts';
import type { ServiceInOperation } from './service.ts';

type Denial = Extract<Verdict, { kind: 'deny' }>;

/** A connection was accepted. */
export function admitConnection(premises: Premises, operation: ServiceInOperation, connection: Connection): void {
  const source = sourceOfPeer(connection.peer);
  const hostName = nameAtOnce(premises, operation, source);
  const verdict = consider(premises, operation, { source, hostName });
  if (hostName === undefined && mayHangOnName(verdict) && hold(premises, operation, { connection, source })) return;
  conclude(premises, operation, { connection, source }, verdict);
}

interface Caller {
  readonly connection: Connection;
  readonly source: Source;
}

/** Holds a connection until its peer's name is known or cannot be found; false when too many wait already. */
function hold(premises: Premises, operation: ServiceInOperation, caller: Caller): boolean {
  const { connection, source } = caller;
  const leave = premises.waiting.enter(operation.key, source.plain);
  if (leave === undefined) return false;
  void premises.names.find(source).then((hostName) => {
    leave();
    if (operation.isRetired) return connection.close();
    conclude(premises, operation, caller, consider(premises, operation, { source, hostName, isCounted: true }));
  });
  return true;
}

function conclude(premises: Premises, operation: ServiceInOperation, caller: Caller, verdict: Verdict): void {
  sayNotes(premises, verdict);
  if (verdict.kind === 'allow') return serveConnection(premises, operation, caller);
  caller.connection.close();
  refuse(premises, operation, { source: caller.source, denial: verdict });
}

/** A datagram waits on the socket of a built-in service or of a server that will read it itself. */
export function admitDatagram(premises: Premises, operation: ServiceInOperation): void {
  const fd = operation.listener?.fd ?? -1;
  const waiting = quietly(premises, operation, () => peekDatagram(fd));
  if (waiting === undefined) return;
  const source = sourceOfPeer(waiting.sender);
  const hostName = nameAtOnce(premises, operation, source);
  // differs: D59 a datagram cannot wait: without a name it is decided now, and the next one finds the answer.
  if (hostName === undefined) void premises.names.find(source);
  const verdict = judge(premises, operation, { source, hostName });
  if (verdict.kind === 'allow') return serveDatagram(premises, operation, { waiting, source });
  quietly(premises, operation, () => dropDatagram(fd));
  refuse(premises, operation, { source, denial: verdict });
}

/** A connection waits on a socket that the server accepts from itself: the peer cannot be known. */
export function admitListener(premises: Premises, operation: ServiceInOperation): void {
  const verdict = judge(premises, operation, { source: undefined, hostName: UNNEEDED });
  if (verdict.kind === 'allow') return serveListener(premises, operation);
  refuse(premises, operation, { source: undefined, denial: verdict });
  if (verdict.disableSeconds === undefined) rest(operation);
}

/** What is asked about. */
interface Question {
  readonly source: Source | undefined;
  /** undefined: needed, and not known yet. */
  readonly hostName: HostName | undefined;
  readonly isCounted?: boolean;
}

const UNNEEDED: HostName = { kind: 'unneeded' };

/** The peer's name where the verdict hangs on it, as far as it is known without asking anybody. */
function nameAtOnce(premises: Premises, operation: ServiceInOperation, source: Source): HostName | undefined {
  return needsHostName(operation.equipment.access, source) ? premises.names.known(source) : UNNEEDED;
}

/** Limits, times and bans do not ask for names: what they refuse is refused at once. */
function mayHangOnName(verdict: Verdict): boolean {
  return verdict.kind === 'allow' || (verdict.stage === 'after-fork' && verdict.by !== 'sensor');
}

function judge(premises: Premises, operation: ServiceInOperation, question: Question): Verdict {
  const verdict = consider(premises, operation, question);
  sayNotes(premises, verdict);
  return verdict;
}

/** Asks the policy and remembers the rates. */
function consider(premises: Premises, operation: ServiceInOperation, question: Question): Verdict {
  trimLater(TRIM_AFTER_MS);
  const { verdict, rate, sourceRate } = decide(gather(premises, operation, question));
  operation.rate = rate;
  if (sourceRate !== undefined && question.source !== undefined) {
    operation.sources ??= new SourceRates();
    operation.sources.set(sourceNetwork(question.source), sourceRate);
  }
  return verdict;
}

/** What a decision has to say to the daemon's log. */
function sayNotes(premises: Premises, { notes }: Verdict): void {
  for (const note of notes) premises.log(note.level, 'access_control', note.text);
}

/** Only facts that this service's configuration asks for are looked at: a clock or load average costs a system call. */
function gather(premises: Premises, operation: ServiceInOperation, question: Question): PolicyRequest {
  const { service, access } = operation.equipment;
  const { children, waiting } = premises;
  const { source, hostName = UNKNOWN, isCounted = false } = question;
  const { key } = operation;
  return {
    service,
    access,
    source,
    nowMs: monotonicMs(),
    localMinute: service.config.access_times === undefined ? 0 : localMinuteNow(),
    load: service.config.max_load === 0 ? undefined : loadavg()[0],
    runningServers: children.countOf(key) + waiting.countOf(key),
    runningFromSource:
      source === undefined ? 0 : children.countFrom(key, source.plain) + waiting.countFrom(key, source.plain),
    trackedServers: children.total + waiting.total,
    processLimit: premises.processLimit,
    rate: operation.rate,
    isCounted,
    sourceRate: source === undefined ? undefined : operation.sources?.of(sourceNetwork(source)),
    hostName,
    ...(premises.bans.book === undefined ? {} : { bans: premises.bans.book }),
  };
}

interface Refusal {
  readonly source: Source | undefined;
  readonly denial: Denial;
}

function refuse(premises: Premises, operation: ServiceInOperation, { source, denial }: Refusal): void {
  if (denial.disableSeconds !== undefined) pauseForRate(premises, operation, denial.disableSeconds);
  const { refused } = operation.tally;
  refused.set(denial.reason, (refused.get(denial.reason) ?? 0) + 1);
  if (denial.by === 'sensor') rememberCaller(premises, operation, source);
  if (isRepeated(operation, source)) return;
  operation.log?.record(refusalEvents(operation.occasion(source), denial, premises.pid));
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
