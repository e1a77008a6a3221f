// Diagnostics become text: for a terminal, for the daemon's log, for programs (`-t --json`).
// Pure. The log form is the reference's wording and a byte string; the other two are text for people: bytes that
// are UTF-8 become characters, all others and control bytes are shown escaped, tabs are expanded.

import { codeRow } from './codes.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import { excerpt, readable } from './excerpt.ts';
import { lineText, placeOf, type Span } from './source.ts';

/** A line for the daemon's log: byte string, without time and level. */
export interface LogLine {
  readonly severity: Severity;
  /** The `{function}` word of `-d`. */
  readonly func: string;
  readonly text: string;
}

/** One diagnostic for programs. */
export interface DiagnosticJson {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Column after the last byte, on the same line. */
  readonly endColumn?: number;
  readonly hint?: string;
  readonly related?: readonly { readonly file: string; readonly line: number; readonly message: string }[];
  /** Whether a reload with this finding is refused. */
  readonly reload: 'reject' | 'allow';
}

/**
 * `file:line:col: error XC007: message`, the source line with a caret, hint and related places.
 * Undefined for findings that people are not shown.
 */
export function renderTerminal(diagnostic: Diagnostic): string | undefined {
  const message = peopleText(diagnostic);
  if (message === undefined) return undefined;
  const { code, span, related = [] } = diagnostic;
  const where = span === undefined ? '' : `${placeText(span)}: `;
  const hint = hintOf(diagnostic);
  return [
    `${where}${codeRow(code).severity} ${code}: ${message}`,
    ...(span === undefined ? [] : excerpt(span)),
    ...(hint === undefined ? [] : [`    hint: ${hint}`]),
    ...related.flatMap((each) => [`    ${placeText(each.span)}: ${readable(each.message)}`, ...excerpt(each.span)]),
  ].join('\n');
}

/** What the daemon's log says; undefined where the reference says nothing. */
export function renderLog({ code, args, span, logPlace, isAside }: Diagnostic): LogLine | undefined {
  const row = codeRow(code);
  if (row.log === undefined || isAside === true) return undefined;
  const text = fill(row.log, args);
  const place = logPlace ?? (span && { file: span.source.name, line: placeOf(span.source, span.start).line });
  const suffix = row.hasPlace && place !== undefined ? ` [file=${place.file}] [line=${place.line}]` : '';
  return { severity: row.severity, func: row.func, text: `${text}${suffix}` };
}

/** The record of a diagnostic; undefined for findings that people are not shown. */
export function renderJson(diagnostic: Diagnostic): DiagnosticJson | undefined {
  const message = peopleText(diagnostic);
  if (message === undefined) return undefined;
  const { code, span, related } = diagnostic;
  const { severity, reload } = codeRow(code);
  const hint = hintOf(diagnostic);
  return {
    code,
    severity,
    message,
    ...(span && rangeOf(span)),
    ...(hint !== undefined && { hint }),
    ...(related && { related: related.map((each) => relatedJson(each.span, each.message)) }),
    reload,
  };
}

function relatedJson(span: Span, message: string): { file: string; line: number; message: string } {
  const { file, line } = rangeOf(span);
  return { file, line, message: readable(message) };
}

function rangeOf(span: Span): { file: string; line: number; column: number; endColumn: number } {
  const { line, column } = placeOf(span.source, span.start);
  const endOfLine = lineText(span.source, line).length + 1;
  const endColumn = Math.max(column, Math.min(column + span.end - span.start, endOfLine));
  return { file: readable(span.source.name), line, column, endColumn };
}

/** An own hint, or how the row says to mend it; progress messages need none. */
function hintOf({ code, hint }: Diagnostic): string | undefined {
  if (hint !== undefined) return readable(hint);
  const { severity, fix } = codeRow(code);
  const isProgress = severity === 'debug' || severity === 'info';
  return isProgress || fix === '' ? undefined : lowerFirst(fix.replace(/\.$/u, ''));
}

function peopleText({ code, args }: Diagnostic): string | undefined {
  const { text, log } = codeRow(code);
  if (text === false) return undefined;
  const wording = text ?? log;
  return wording === undefined ? undefined : readable(fill(wording, args)).trimEnd();
}

function fill(wording: string, args: Diagnostic['args']): string {
  let next = 0;
  return wording.replaceAll(/%[sdcu]|%l[du]/gu, () => String(args[next++] ?? ''));
}

function placeText(span: Span): string {
  const { line, column } = placeOf(span.source, span.start);
  return `${readable(span.source.name)}:${line}:${column}`;
}

function lowerFirst(text: string): string {
  const isWord = /^[A-Z][a-z]/u.test(text);
  return isWord ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
