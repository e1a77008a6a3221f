// Rows of the PROXY protocol, by which proxies tell servers who calls: proxy_protocol. Pure.

import type { Word } from '../syntax.ts';
import { ASSIGN_ONLY, FAILED, attribute } from './row.ts';
import type { Failed, ReadContext } from './row.ts';
import { PROXY_VERSIONS } from './values.ts';
import type { ProxyVersion } from './values.ts';
import { first } from './words.ts';

function readVersion(words: readonly Word[], context: ReadContext): ProxyVersion | Failed {
  const word = first(words);
  const found = PROXY_VERSIONS.find((version) => version === word.text.toLowerCase());
  if (found !== undefined) return found;
  context.report('XC148', [word.text], word, `known are ${PROXY_VERSIONS.join(' and ')}`);
  return FAILED;
}

export const proxyProtocol = attribute({
  name: 'proxy_protocol',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readVersion,
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
