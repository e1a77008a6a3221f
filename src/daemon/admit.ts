// The story of one request: who asks, may it be served, what is written down, who serves. Source: spec section 5.1.
// Facts are gathered here, `policy/decide.ts` decides, `serve.ts` carries out an allowance.

import { loadavg } from 'node:os';
import { refusalEvents } from '../audit/transcript.ts';
import { trimLater } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import type { Connection, Peer } from '../net/connection.ts';
import { dropDatagram, peekDatagram } from '../net/datagram.ts';
import { decide } from '../policy/decide.ts';
import type { PolicyRequest } from '../policy/request.ts';
import { sourceOf } from '../policy/source.ts';
import type { Source } from '../policy/source.ts';
import type { Verdict } from '../policy/verdict.ts';
import { localMinuteNow, monotonicMs, TRIM_AFTER_MS } from './clock.ts';
import { pauseForRate } from './activate.ts';
import type { Premises } from './premises.ts';
import { rememberCaller } from './sensor.ts';
import { serveConnection, serveDatagram, serveListener } from './serve.ts';
import type { ServiceInOperation } from './service.ts';

type Denial = Extract<Verdict, { kind: 'deny' }>;

/** A connection was accepted. */
export function admitConnection(premises: Premises, operation: ServiceInOperation, connection: Connection): void {
  const source = sourceOfPeer(connection.peer);
  const verdict = judge(premises, operation, source);
  if (verdict.kind === 'allow') return serveConnection(premises, operation, { connection, source });
  connection.close();
  refuse(premises, operation, { source, denial: verdict });
}

/** A datagram waits on the socket of a built-in service or of a server that will read it itself. */
export function admitDatagram(premises: Premises, operation: ServiceInOperation): void {
  const fd = operation.listener?.fd ?? -1;
  const waiting = quietly(premises, operation, () => peekDatagram(fd));
  if (waiting === undefined) return;
  const source = sourceOfPeer(waiting.sender);
  const verdict = judge(premises, operation, source);
  if (verdict.kind === 'allow') return serveDatagram(premises, operation, { waiting, source });
  quietly(premises, operation, () => dropDatagram(fd));
  refuse(premises, operation, { source, denial: verdict });
}

/** A connection waits on a socket that the server accepts from itself: the peer cannot be known. */
export function admitListener(premises: Premises, operation: ServiceInOperation): void {
  const verdict = judge(premises, operation, undefined);
  if (verdict.kind === 'allow') return serveListener(premises, operation);
  refuse(premises, operation, { source: undefined, denial: verdict });
  if (verdict.disableSeconds === undefined) rest(operation);
}

/** Asks the policy and remembers the rate; what the decision has to say to the daemon's log is said. */
function judge(premises: Premises, operation: ServiceInOperation, source: Source | undefined): Verdict {
  trimLater(TRIM_AFTER_MS);
  const { verdict, rate } = decide(gather(premises, operation, source));
  operation.rate = rate;
  for (const note of verdict.notes) premises.log(note.level, 'access_control', note.text);
  return verdict;
}

/** Only facts that this service's configuration asks for are looked at: a clock or load average costs a system call. */
function gather(premises: Premises, operation: ServiceInOperation, source: Source | undefined): PolicyRequest {
  const { service, access } = operation.equipment;
  const { children } = premises;
  return {
    service,
    access,
    source,
    nowMs: monotonicMs(),
    localMinute: service.config.access_times === undefined ? 0 : localMinuteNow(),
    load: service.config.max_load === 0 ? undefined : loadavg()[0],
    runningServers: children.countOf(operation.key),
    runningFromSource: source === undefined ? 0 : children.countFrom(operation.key, source.plain),
    trackedServers: children.total,
    processLimit: premises.processLimit,
    rate: operation.rate,
    hostName: { kind: 'unknown' },
    ...(premises.bans.book === undefined ? {} : { bans: premises.bans.book }),
  };
}

interface Refusal {
  readonly source: Source | undefined;
  readonly denial: Denial;
}

function refuse(premises: Premises, operation: ServiceInOperation, { source, denial }: Refusal): void {
  if (denial.disableSeconds !== undefined) pauseForRate(premises, operation, denial.disableSeconds);
  if (denial.by === 'sensor') rememberCaller(premises, operation, source);
  operation.log?.record(refusalEvents(operation.occasion(source), denial, premises.pid));
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
