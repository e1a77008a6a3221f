// A finished service: its name, the value of every attribute, and where each value was written.
// Pure record; made by merge.ts + validate.ts, listed by table.ts, read by every room to the right.

import type { ServiceConfig } from './service-config.ts';
import type { Span } from './source.ts';

/** Where a value came from. `fallback` = nobody wrote it. */
export interface Origin {
  readonly from: 'service' | 'defaults' | 'fallback';
  readonly span?: Span;
}

export interface Service {
  readonly name: string;
  readonly config: ServiceConfig;
  readonly origins: { readonly [K in keyof ServiceConfig]?: Origin };
  /** The entry's header. */
  readonly span: Span;
  /** True for a line of inetd.conf. */
  readonly isInetd: boolean;
}
