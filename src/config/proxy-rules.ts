// Rules for services before or behind a proxy (proxy_protocol, proxy_from), part of validate.ts. Pure; reports XC260 – XC279.

import { isEverybody } from './attributes/address-words.ts';
import { dropUserId, hasFlag, isOfType } from './complete.ts';
import type { Examination } from './complete.ts';

/** Only the target of redirect can be told. */
export function checkProxyProtocol({ draft: { name, values }, report }: Examination): boolean {
  if (values.proxy_protocol === undefined || values.redirect !== undefined) return true;
  report('XC260', [name], 'proxy_protocol');
  return false;
}

/** The daemon must accept the connections itself, and cannot ask ident servers through the proxy. */
export function checkProxies({ draft, report }: Examination): boolean {
  const { values, name } = draft;
  if (values.proxy_from === undefined) return true;
  if (values.socket_type !== 'stream' || values.wait === true) report('XC261', [name], 'proxy_from');
  else if (isOfType(draft, 'TCPMUX', 'TCPMUXPLUS')) report('XC262', [name], 'proxy_from');
  else if (hasFlag(draft, 'IDONLY')) report('XC263', [name], 'flags');
  else {
    for (const list of dropUserId(draft)) if (draft.origins[list]?.from === 'service') report('XC264', [name], list);
    if (values.proxy_from.some(isEverybody)) report('XC265', [name], 'proxy_from');
    return true;
  }
  return false;
}
