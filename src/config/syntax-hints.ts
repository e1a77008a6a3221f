// What a person probably meant where the syntax is wrong: hints, related places, and lint of values.
// Pure. Nothing here changes how a file is read; the parser asks while it reports.

import type { Diagnostic, DiagnosticCollector } from './diagnostic.ts';
import { placeOf, type SourceText, type Span } from './source.ts';
import type { Assignment, Word } from './syntax.ts';
import { BYTE, type Line } from './tokens.ts';

/** The helpful part of a diagnostic. */
export type Advice = Pick<Diagnostic, 'hint' | 'related'>;

const KEYWORDS: ReadonlySet<string> = new Set(['service', 'defaults', 'include', 'includedir']);
const SWALLOWED_SHOWN = 5;

/** Whether an entry may begin with the word. */
export function isKeyword(word: string): boolean {
  return KEYWORDS.has(word.toLowerCase());
}

/** For an entry whose next line is not the opening brace. */
export function adviceOnOpening(source: SourceText, header: Line, next: Line | undefined): Advice {
  const headerText = source.text.slice(header.start, header.end);
  if (headerText.trimEnd().endsWith('{')) return { hint: 'move "{" to a line of its own below this one' };
  if (next !== undefined && source.text.charCodeAt(next.start) === BYTE.open) {
    return { hint: 'nothing may follow "{" on its line, not even a comment' };
  }
  return {};
}

/** For a line inside an entry that has no operator, where perhaps the entry should have ended. */
export function adviceOnClosing(finding: Diagnostic, header: Span, assignments: readonly Assignment[]): Advice {
  const name = String(finding.args[0]);
  if (name.startsWith('}')) return { hint: 'nothing may follow "}" on its line, not even a comment' };
  if (!isKeyword(name)) return {};
  const related = [{ span: header, message: 'the entry that begins here has no line that is only "}"' }];
  return { related, ...adviceOnEnd(assignments) };
}

/** For an entry without an end: the brace may stand behind the last value. */
export function adviceOnEnd(assignments: readonly Assignment[]): Advice {
  const last = assignments.at(-1)?.values.at(-1);
  if (last === undefined || !last.text.endsWith('}')) return {};
  return { hint: `the "}" in line ${lineNumber(last.span)} is part of the value: put it on a line of its own` };
}

/** For `name=value`, `name : value` and the like: the line as it was probably meant. */
export function adviceOnOperator(source: SourceText, line: Line): Advice {
  const text = source.text.slice(line.start, line.end);
  const parts = /^([^ \t=:+-]+)[ \t]*([+-]?)[ \t]*[=:]+[ \t]*(.{0,60})$/su.exec(text);
  if (parts === null) return {};
  const [, name, sign, value] = parts;
  return { hint: `write "${`${name} ${sign}= ${value}`.trimEnd()}"` };
}

/** Notes on the services a recovery passed over. */
export function adviceOnSwallowed(passed: readonly Word[]): Advice {
  if (passed.length === 0) return {};
  const related = passed.slice(0, SWALLOWED_SHOWN).map(({ text, span }) => ({
    span,
    message: `service ${text} is skipped because of this`,
  }));
  return { related };
}

/** Reports comment signs and quote marks among values: legal, and rarely meant. */
export function lintValues(values: readonly Word[], collector: DiagnosticCollector): void {
  if (!values.some(looksMistaken)) return;
  const comment = values.findIndex(startsComment);
  const quoted = values.filter(isQuoted);
  reportStretch('XC028', comment === -1 ? [] : values.slice(comment), collector);
  reportStretch('XC027', quoted, collector);
}

function reportStretch(code: 'XC027' | 'XC028', values: readonly Word[], collector: DiagnosticCollector): void {
  const [first] = values;
  const last = values.at(-1);
  if (first === undefined || last === undefined) return;
  collector.push({ code, args: [], span: { ...first.span, end: last.span.end } });
}

function looksMistaken(value: Word): boolean {
  return startsComment(value) || isQuoted(value);
}

function startsComment({ text }: Word): boolean {
  return text.charCodeAt(0) === BYTE.hash;
}

function isQuoted({ text }: Word): boolean {
  return isQuote(text.charCodeAt(0)) || isQuote(text.charCodeAt(text.length - 1));
}

function isQuote(byte: number): boolean {
  return byte === BYTE.doubleQuote || byte === BYTE.singleQuote;
}

function lineNumber({ source, start }: Span): number {
  return placeOf(source, start).line;
}
