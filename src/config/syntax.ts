// The syntax tree of a configuration: what was written, before any meaning is given to it.
// Pure records; produced by `parser.ts` (and `inetd-conf.ts`), put in order by `include.ts`, read by `merge.ts`.

import type { Span } from './source.ts';

/** A word with its place. */
export interface Word {
  readonly text: string;
  readonly span: Span;
}

export type AssignmentOperator = '=' | '+=' | '-=';

/** One `name op values` line; `name` is as written (compare case-insensitively). */
export interface Assignment {
  readonly kind: 'assignment';
  readonly name: Word;
  readonly operator: AssignmentOperator;
  readonly operatorSpan: Span;
  readonly values: readonly Word[];
}

/**
 * A `service NAME { … }` entry. `isComplete` is false where a syntax error or end of file broke it off:
 * such a service is never started (a `defaults` block keeps what was read so far). The assignments end
 * with the `disable` that ended the examination of the block, if there is one.
 */
export interface ServiceBlock {
  readonly kind: 'service';
  readonly name: Word;
  readonly assignments: readonly Assignment[];
  /** What stands after the syntax error that broke the block off. It counts for nothing, but may hold more mistakes. */
  readonly unheard?: readonly Assignment[];
  readonly isComplete: boolean;
  readonly span: Span;
  /**
   * True for a line of inetd.conf: names and numbers are checked already, `server` need not be executable
   * and `server_args` may be absent (an empty argv) although NAMEINARGS is set.
   */
  readonly isInetd?: boolean;
}

export interface DefaultsBlock {
  readonly kind: 'defaults';
  readonly assignments: readonly Assignment[];
  readonly isComplete: boolean;
  readonly span: Span;
}

export interface Include {
  readonly kind: 'include' | 'includedir';
  readonly path: Word;
}

export type Entry = ServiceBlock | DefaultsBlock | Include;

/** One parsed file. */
export interface ConfigFile {
  readonly entries: readonly Entry[];
}
