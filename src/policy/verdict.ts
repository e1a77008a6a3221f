// What a decision says: allow, or deny with a reason, the check that denied and the rule that decided; or what has to be
// done before there is one.
// Pure.

import type { Span } from '../config/source.ts';
import type { WrapperEffects, WrapperStep } from './hosts-effects.ts';

/** The words of the FAIL line, exactly as xinetd.log(5) spells them; `proxy_header` is ours. */
export type DenyReason =
  | 'address'
  | 'time'
  | 'fork'
  | 'service_limit'
  | 'per_source_limit'
  | 'process_limit'
  | 'libwrap'
  | 'load'
  | 'connections per second'
  | 'proxy_header';

/** `before-fork`: the reference refuses in the daemon (FAIL alone); `after-fork`: in the child (START, FAIL, EXIT). */
export type CheckStage = 'before-fork' | 'after-fork';

/** A line for the daemon's own log that comes with a decision. */
export interface Note {
  readonly level: 'error' | 'warning' | 'notice' | 'info';
  readonly text: string;
}

export type Verdict =
  | {
      readonly kind: 'allow';
      readonly notes: readonly Note[];
      /** What hosts.allow or hosts.deny changes for the server. */
      readonly effects?: WrapperEffects;
    }
  /** Take this step and ask again. */
  | { readonly kind: 'ask'; readonly notes: readonly Note[]; readonly step: WrapperStep }
  | {
      readonly kind: 'deny';
      readonly reason: DenyReason;
      readonly by: string;
      readonly stage: CheckStage;
      readonly rule?: Span;
      readonly notes: readonly Note[];
      /** Present when the rate tripped: the service goes off for this long. */
      readonly disableSeconds?: number;
    };

/** What a check says when it denies; `decide` adds who said it and at which stage. */
export interface Denial {
  readonly reason: DenyReason;
  readonly rule?: Span | undefined;
  readonly notes?: readonly Note[];
  readonly disableSeconds?: number;
}

/** What a check says that does not deny, but has conditions. */
export interface Grant {
  readonly effects: WrapperEffects;
  readonly step?: WrapperStep;
}
