// The DNS as names.ts uses it: a resolver with short tries, and the cache of what it found. Loaded once the services are
// up. The resolver asks over sockets of its own and uses no thread, so that a silent name server delays nobody else.

import { Resolver } from 'node:dns/promises';
import { LRUCache } from 'lru-cache';
import type { HostName } from '../policy/request.ts';
import type { Finding, NameServer } from './confirm-name.ts';

/** The first try of a question; the second waits longer. */
const TRY_MS = 700;
const TRIES = 2;
const CACHED_NAMES = 10_000;
const LONGEST_SECONDS = 300;
const UNKNOWN_SECONDS = 30;

/** Remembers findings for as long as they hold, five minutes at most; an unknown name for half a minute. */
export class NameCache {
  readonly #names: LRUCache<string, HostName>;

  constructor(nowMs: () => number) {
    this.#names = new LRUCache({ max: CACHED_NAMES, ttlResolution: 0, perf: { now: nowMs } });
  }

  get(address: string): HostName | undefined {
    return this.#names.get(address);
  }

  set(address: string, { hostName, ttl = UNKNOWN_SECONDS }: Finding): void {
    this.#names.set(address, hostName, { ttl: Math.min(Math.max(ttl, 1), LONGEST_SECONDS) * 1000 });
  }
}

/** The name servers of resolv.conf, which is read now and not again. */
export function systemServer(): NameServer {
  const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
  return {
    names: (reverse) => resolver.resolvePtr(reverse),
    addresses: (name, family) =>
      family === 4 ? resolver.resolve4(name, { ttl: true }) : resolver.resolve6(name, { ttl: true }),
  };
}
