// All the facts one decision may use, gathered by the daemon before it asks. Pure types.
// Nothing here is looked up while deciding: time, load, counts and names come in as values.

import type { Service } from '../config/service.ts';
import type { AccessTable } from './address.ts';
import type { RateState } from './cps.ts';
import type { WrapperFacts } from './hosts-access.ts';
import type { BanBook } from './sensor.ts';
import type { Source } from './source.ts';

/**
 * What is known of the peer's name. `unneeded`: `needsHostName` said so; `unknown`: the look-up failed or was
 * not possible (fail closed: denies where a name stands in no_access, does not admit where one stands in only_from).
 */
export type HostName =
  | { readonly kind: 'unneeded' }
  | {
      readonly kind: 'unknown';
      /** There is a name, but it does not have the peer's address. */
      readonly isPretended?: boolean;
    }
  | {
      readonly kind: 'known';
      readonly name: string;
      /** Further names that are confirmed as well. */
      readonly others?: readonly string[];
    };

export interface PolicyRequest {
  readonly service: Service;
  /** `compileAccess(service.config)`, made once per service at load. */
  readonly access: AccessTable;
  /** undefined: the peer cannot be known (stream with wait = yes). */
  readonly source: Source | undefined;
  /** The peer through whom the source comes, where proxies stand before the service. */
  readonly via?: Source | undefined;
  /** Monotonic. */
  readonly nowMs: number;
  /** Minutes since local midnight, 0 to 1439. */
  readonly localMinute: number;
  /** One-minute load average; undefined when it cannot be read. */
  readonly load: number | undefined;
  /** Forked servers of this service now running. */
  readonly runningServers: number;
  /** Those of them that serve this source's address. */
  readonly runningFromSource: number;
  /** Running servers of all services. */
  readonly trackedServers: number;
  /** `-limit`; Infinity = none. */
  readonly processLimit: number;
  readonly rate: RateState;
  /** True when an earlier decision about this request has counted it, which was put off until the name is known. */
  readonly isCounted?: boolean;
  /** What is remembered of this source where `per_source_cps` counts it; undefined: it has not called lately. */
  readonly sourceRate?: RateState | undefined;
  readonly hostName: HostName;
  /** Addresses that hit a sensor; absent when no service is a sensor. */
  readonly bans?: BanBook;
  /** hosts.allow and hosts.deny; absent where the service does not ask them. */
  readonly wrappers?: WrapperFacts;
}
