// Every diagnostic once: its code, severity, the reference's wording for the log, our wording for people,
// why it matters and how to mend it. Pure table; never reuse a code.

import { EXPECT_CODES } from './codes-expect.ts';
import { PROXY_CODES } from './codes-proxy.ts';
import { SERVICE_CODES } from './codes-service.ts';
import { SYNTAX_CODES } from './codes-syntax.ts';
import { TABLE_CODES } from './codes-table.ts';
import { UNIX_CODES } from './codes-unix.ts';
import { VALUE_CODES } from './codes-value.ts';
import type { Severity } from './diagnostic.ts';

export interface CodeRow {
  readonly severity: Severity;
  /**
   * The reference's text for the daemon log, `%s` filled from `args` in order (spec appendix A);
   * absent where the reference says nothing and the daemon log stays silent as well (lint for people).
   */
  readonly log?: string;
  /** Whether ` [file=F] [line=N]` follows in the log (a parser message, **P** in appendix A). */
  readonly hasPlace: boolean;
  /** The `{function}` word of `-d` lines. */
  readonly func: string;
  /** Wording for the terminal, `%s` as in `log`; `log` is used where absent. `false`: not shown (a follow-up line). */
  readonly text?: string | false;
  /** What a reload does with it (decision: start is lenient, reload is strict). */
  readonly reload: 'reject' | 'allow';
  /** What it means and what the daemon does, one to three sentences for the manual. */
  readonly explanation: string;
  /** How to mend it, one sentence. */
  readonly fix: string;
}

export const CODES = {
  ...SYNTAX_CODES,
  ...VALUE_CODES,
  ...SERVICE_CODES,
  ...TABLE_CODES,
  ...PROXY_CODES,
  ...EXPECT_CODES,
  ...UNIX_CODES,
} as const satisfies Record<string, CodeRow>;

/** `XC001` … */
export type DiagnosticCode = keyof typeof CODES;

/** The row of a code. */
export function codeRow(code: DiagnosticCode): CodeRow {
  return CODES[code];
}
