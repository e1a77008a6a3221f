// The administrator's mistakes as values: what is wrong, where, and what to do about it.
// Pure; nothing here is ever thrown. Codes and wordings are rows of `codes.ts`; `render.ts` makes text.

import type { DiagnosticCode } from './codes.ts';
import type { Span } from './source.ts';

/** How bad it is; the words are the daemon log's levels. */
export type Severity = 'critical' | 'error' | 'warning' | 'notice' | 'info' | 'debug';

/** One finding. `args` fill the wordings of the code's row. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly args: readonly (string | number)[];
  /** Where the caret goes; absent for findings about a finished service without a single place. */
  readonly span?: Span;
  /** The line the reference would print in `[file=…] [line=…]`, where it is not that of `span`. */
  readonly logPlace?: { readonly file: string; readonly line: number };
  /** Found where the reference does not look any more, after another error: told to people, not to the log. */
  readonly isAside?: boolean;
  readonly hint?: string;
  readonly related?: readonly { readonly span: Span; readonly message: string }[];
}

/** Where findings are pushed; order is the order of discovery. */
export class DiagnosticCollector {
  readonly #found: Diagnostic[] = [];

  push(diagnostic: Diagnostic): void {
    this.#found.push(diagnostic);
  }

  get all(): readonly Diagnostic[] {
    return this.#found;
  }
}
