// Rows of the PROXY protocol, by which proxies tell servers who calls: proxy_protocol (we tell) and proxy_from (we are told).
// Pure.

import { addressList, readProxies, writeAddresses } from './address-words.ts';
import { ANY_OPERATOR, ASSIGN_ONLY, attribute } from './row.ts';
import { PROXY_VERSIONS } from './values.ts';
import type { ProxyVersion } from './values.ts';
import { readOneOf } from './words.ts';

export const proxyProtocol = attribute({
  name: 'proxy_protocol',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readOneOf<ProxyVersion>('XC148', PROXY_VERSIONS),
  fallback: undefined,
  inherit: 'never',
  rebind: false,
  write: (value) => value,
  since: 'xinetd-ts 0.1',
  syntax: 'v1 | v2',
  otherwise: 'none',
  actsIn: 'daemon/redirect.ts',
  summary: 'Tells the target of redirect who calls.',
  manual: `The connection to the target begins with a header of the PROXY protocol, in its text form (v1) or its binary one
(v2), with the addresses and ports of the caller and of this service. The target must expect it: "accept-proxy" in HAProxy,
"listen ... proxy_protocol" in nginx.`,
});

export const proxyFrom = attribute({
  name: 'proxy_from',
  scope: 'service',
  operators: ANY_OPERATOR,
  arity: 'some',
  read: readProxies,
  list: addressList,
  fallback: undefined,
  inherit: 'never',
  rebind: false,
  write: writeAddresses,
  since: 'xinetd-ts 0.1',
  syntax: 'ADDRESS ...',
  otherwise: 'callers connect by themselves',
  actsIn: 'daemon/proxied.ts',
  summary: 'Proxies through which callers come, and who say who calls.',
  manual: `Every connection must come from one of these addresses, written like those of only_from but without names, and begin
with a header of the PROXY protocol, version 1 or 2 ("send-proxy" or "send-proxy-v2" in HAProxy). Rules, limits, bans, the
log, the server's REMOTE_HOST and a header that proxy_protocol sends on then are about the caller it names; where it names
nobody, as in a proxy's own health checks, about the proxy. Anybody else is refused (address), and so is a proxy whose header
is malformed, longer than 536 bytes or not there within 5 seconds (proxy_header; the log says why). A proxy that hangs up
without a word leaves no line. The server itself still sees the proxy's address on its socket. Only for stream services with
"wait = no" and a port of their own; USERID and IDONLY are not possible, for the ident server of the caller knows nothing of
the proxy's connection.`,
});
