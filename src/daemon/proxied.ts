// `proxy_from`: callers come through proxies, which say who calls in a header of the PROXY protocol (net/proxy-parse.ts). It is
// believed from the proxies that are named there alone; who is none of them, or does not say it properly and in time, is refused.
// Everything after this (rules, limits, bans, log, server) sees the caller, not the proxy.
// differs: D89 a new attribute.

import type { InternetEnd } from '../native/socket-kinds.ts';
import { readProxyHeader } from '../net/proxy-reader.ts';
import type { ProxyNews } from '../net/proxy-reader.ts';
import { sourceOf } from '../policy/source.ts';
import type { Source } from '../policy/source.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Caller } from './greet.ts';
import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

/** For the whole header. */
const HEADER_MS = 5000;

type Denial = Extract<Verdict, { kind: 'deny' }>;

/** What becomes of a connection; one that the proxy gave up without a word is closed and forgotten. */
export interface Ways {
  readonly next: (caller: Caller) => void;
  readonly turnAway: (denial: Denial) => void;
}

/** Learns who calls: the peer itself where no proxies stand before the service. */
export function meetCaller(premises: Premises, operation: ServiceInOperation, peer: Caller, ways: Ways): void {
  const { proxies } = operation.equipment.access;
  const { connection, source: via } = peer;
  if (proxies === undefined) return ways.next(peer);
  if (proxies.match(via) === undefined) return ways.next({ ...peer, via });
  const leave = premises.waiting.enter(operation.key, via.plain);
  if (leave === undefined)
    return ways.turnAway(denialOf(operation, via, 'cannot be waited for: too many wait already'));
  readProxyHeader(connection.fd, HEADER_MS, (news) => {
    leave();
    if (news.kind === 'nothing' || operation.isRetired) return connection.close();
    if (news.kind === 'bad') return ways.turnAway(denialOf(operation, via, news.why));
    ways.next({ connection, via, ...endsOf(news, via) });
  });
}

/** A proxy that names nobody calls for itself, as its health checks do. */
function endsOf(
  { client, server }: Extract<ProxyNews, { kind: 'header' }>,
  via: Source,
): Pick<Caller, 'source' | 'called'> {
  if (client === undefined) return { source: via };
  return {
    source: { ...sourceOfEnd(client), via: via.plain },
    ...(server === undefined ? {} : { called: sourceOfEnd(server) }),
  };
}

function sourceOfEnd({ family, port, plain, words }: InternetEnd): Source {
  return sourceOf(family, port, plain, words);
}

function denialOf({ id }: ServiceInOperation, { text }: Source, why: string): Denial {
  const note = { level: 'notice', text: `service ${id}, the PROXY header from ${text} ${why}` } as const;
  return { kind: 'deny', reason: 'proxy_header', by: 'proxy_from', stage: 'before-fork', notes: [note] };
}
