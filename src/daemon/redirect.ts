// `redirect`: the connection is passed on to another host or to a unix socket. It counts as a running server with the daemon's
// own pid, leaves START, TRAFFIC and EXIT, and ends when both sides have finished. Source: spec section 8.
// differs: D75 no process is started, and half-closes are passed on. differs: D84 unix sockets, PROXY protocol.

import { trafficEvents } from '../audit/transcript.ts';
import type { ProxyVersion, RedirectValue } from '../config/attributes/values.ts';
import type { Server } from '../launch/children.ts';
import { closeFd, describeErrno, relay, strerror } from '../native/binding.ts';
import type { OnRelayEnd } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import { proxyHeader } from '../net/proxy-header.ts';
import type { Caller } from './greet.ts';
import { internetEnd, localEnd } from './local-end.ts';
import type { Premises, ServerDetail } from './premises.ts';
import { beginInProcess, endInProcess } from './server-life.ts';
import type { ServiceInOperation } from './service.ts';

const FUNC = 'redir_handler';
/** The system's own limit of two minutes keeps a client waiting for nothing. */
const CONNECT_MS = 10_000;
const NO_PREFACE = new Uint8Array();
const EHOSTUNREACH = 113;

/** What is relayed for whom. */
interface Redirection {
  readonly operation: ServiceInOperation;
  readonly target: RedirectValue;
  /** Owned here until a relay takes it over. */
  readonly fd: number;
  /** What the target hears first. */
  readonly preface: Uint8Array;
}

/** Passes an accepted connection on to the service's target. */
export function serveRedirect(
  premises: Premises,
  operation: ServiceInOperation,
  caller: Caller & { readonly target: RedirectValue },
): void {
  const { connection, target } = caller;
  const preface = prefaceOf(operation.service.config.proxy_protocol, caller);
  let stop = (): void => closeFd(fd);
  const fd = connection.release();
  const request = { source: caller.source, requestNumber: connection.requestNumber };
  const server = beginInProcess(premises, operation, request, () => stop());
  const redirection = { operation, target, fd, preface };
  const join = (address: string | undefined): void => {
    if (address === undefined) closeFd(fd);
    stop = address === undefined ? nothing : begin(premises, server, redirection, address);
    if (address === undefined)
      cannotConnect(premises, server, redirection, `${strerror(EHOSTUNREACH)}, no address known`);
  };
  if (target.family !== 'name') return join(target.host);
  void premises.names.addressOf(target.host).then((address) => {
    if (premises.children.has(server)) join(address);
  });
}

/** A caller that came through proxies is named as they named it. */
function prefaceOf(version: ProxyVersion | undefined, { connection, source, called }: Caller): Uint8Array {
  if (version === undefined) return NO_PREFACE;
  return proxyHeader(version, internetEnd(source), internetEnd(called ?? localEnd(connection.fd)));
}

/** Begins to relay; returns how to stop. */
function begin(
  premises: Premises,
  server: Server<ServerDetail>,
  redirection: Redirection,
  address: string,
): () => void {
  const { operation, target, fd, preface } = redirection;
  const isKeepAlive = operation.service.config.flags.includes('KEEPALIVE');
  const to = { address, port: target.port, isKeepAlive, preface, connectMs: CONNECT_MS };
  const onEnd: OnRelayEnd = (errno, inBytes, outBytes) => {
    if (!premises.children.has(server)) return;
    if (errno !== 0) {
      cannotConnect(premises, server, redirection, describeErrno(errno));
      return;
    }
    operation.log?.record(trafficEvents(operation.occasion(server.detail), inBytes, outBytes));
    endInProcess(premises, server);
  };
  try {
    return relay(fd, to, onEnd).end;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    closeFd(fd);
    cannotConnect(premises, server, redirection, error.described);
    return nothing;
  }
}

function cannotConnect(
  premises: Premises,
  server: Server<ServerDetail>,
  { target }: Redirection,
  reason: string,
): void {
  premises.log('error', FUNC, `can't connect to remote host ${target.host}: ${reason}`);
  endInProcess(premises, server);
}

function nothing(): void {
  // Its descriptor is closed already.
}
