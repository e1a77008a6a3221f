// Rules for services before or behind a proxy (proxy_protocol, proxy_from), part of validate.ts. Pure; reports XC260 – XC279.

import type { AddressPattern } from './attributes/values.ts';
import { hasFlag, isOfType } from './complete.ts';
import type { Examination } from './complete.ts';

/** Only the target of redirect can be told. */
export function checkProxyProtocol({ draft: { name, values }, report }: Examination): boolean {
  if (values.proxy_protocol === undefined || values.redirect !== undefined) return true;
  report('XC260', [name], 'proxy_protocol');
  return false;
}

/** The daemon must accept the connections itself, and cannot ask ident servers through the proxy. */
export function checkProxies(examination: Examination): boolean {
  const { draft, report } = examination;
  const { values, name } = draft;
  if (values.proxy_from === undefined) return true;
  if (values.socket_type !== 'stream' || values.wait === true) report('XC261', [name], 'proxy_from');
  else if (isOfType(draft, 'TCPMUX', 'TCPMUXPLUS')) report('XC262', [name], 'proxy_from');
  else if (hasFlag(draft, 'IDONLY')) report('XC263', [name], 'flags');
  else {
    dropUserId(examination);
    if (values.proxy_from.some(isEverybody)) report('XC265', [name], 'proxy_from');
    return true;
  }
  return false;
}

function dropUserId({ draft: { name, values, origins }, report }: Examination): void {
  const { log_on_success, log_on_failure } = values;
  if (log_on_success?.includes('USERID') === true) {
    values.log_on_success = log_on_success.filter((flag) => flag !== 'USERID');
    if (origins.log_on_success?.from === 'service') report('XC264', [name], 'log_on_success');
  }
  if (log_on_failure?.includes('USERID') !== true) return;
  values.log_on_failure = log_on_failure.filter((flag) => flag !== 'USERID');
  if (origins.log_on_failure?.from === 'service') report('XC264', [name], 'log_on_failure');
}

function isEverybody(pattern: AddressPattern): boolean {
  return (pattern.kind === 'ipv4' && pattern.mask === 0) || (pattern.kind === 'ipv6' && pattern.prefix === 0);
}
