// Access tests in the configuration: `#: expect deny 10.9.9.9 at 03:00` inside a service block says what must come out.
// A comment to the parser and to the reference; only `-t` reads it. Pure. What is no expectation is a finding (XC261).

import type { Diagnostic } from './diagnostic.ts';
import type { Service } from './service.ts';
import type { Span } from './source.ts';

/** One expectation of a service. */
export interface Expectation {
  readonly isAllowed: boolean;
  readonly address: string;
  readonly hostName: string | undefined;
  /** Minutes since midnight. */
  readonly minute: number | undefined;
  readonly span: Span;
}

export interface ExpectationsRead {
  readonly expectations: readonly Expectation[];
  readonly diagnostics: readonly Diagnostic[];
}

const LINE = /^[ \t]*#:[ \t]*(expect\b[^\r\n]*?)[ \t\r]*$/i;
const FORM =
  /^expect\s+(?<verdict>allow|deny)\s+(?<address>[\da-f.:]+|uid:\d+(?:,gid:\d+)*)(?:\s+name\s+(?<name>[\w.-]+))?(?:\s+at\s+(?<time>\S+))?$/i;

/** Reads the expectations of one service, in the order of its lines. */
export function expectationsOf(service: Service): ExpectationsRead {
  const expectations: Expectation[] = [];
  const diagnostics: Diagnostic[] = [];
  if (service.isInetd) return { expectations, diagnostics };
  for (const span of expectLines(service.span)) {
    const text = span.source.text.slice(span.start, span.end);
    const expectation = parse(text, span);
    if (expectation === undefined) diagnostics.push({ code: 'XC261', args: [text], span });
    else expectations.push(expectation);
  }
  return { expectations, diagnostics };
}

/** `HH:MM` as minutes since midnight. */
export function parseTime(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return Number(hours) * 60 + Number(minutes);
}

/** From the header of a block to the line that closes it. */
function* expectLines({ source, end }: Span): Generator<Span> {
  const { text } = source;
  for (let next = text.indexOf('\n', end); next !== -1;) {
    const start = next + 1;
    next = text.indexOf('\n', start);
    const line = text.slice(start, next === -1 ? undefined : next);
    if (line.trim() === '}') return;
    const [, words] = LINE.exec(line) ?? [];
    if (words === undefined) continue;
    const at = start + line.indexOf(words);
    yield { source, start: at, end: at + words.length };
  }
}

function parse(text: string, span: Span): Expectation | undefined {
  const { verdict, address, name, time } = FORM.exec(text)?.groups ?? {};
  if (verdict === undefined || address === undefined) return undefined;
  const minute = time === undefined ? undefined : parseTime(time);
  if (time !== undefined && minute === undefined) return undefined;
  return { isAllowed: verdict.toLowerCase() === 'allow', address, hostName: name, minute, span };
}
