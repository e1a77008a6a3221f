// proxy_from: through whom callers may come. Pure.

import type { PolicyRequest } from './request.ts';
import type { Denial } from './verdict.ts';

/** Denies whoever comes to a service behind proxies and is none of them. */
export function proxyCheck({ access, service, via }: PolicyRequest): Denial | undefined {
  if (access.proxies === undefined || via === undefined || access.proxies.match(via) !== undefined) return undefined;
  return { reason: 'address', rule: service.origins.proxy_from?.span };
}
