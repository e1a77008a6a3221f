// Cuts a configuration file into lines with content, and a line into words.
// Pure and total: any bytes give lines; nothing is thrown, nothing is reported. The parser decides what a line means.
// differs: a CR before the newline is dropped, and lines may be long (the reference takes CR as data and cuts lines).

import type { SourceText, Span } from './source.ts';
import type { AssignmentOperator, Word } from './syntax.ts';
import { BYTE, isBlank, isSpace, type Line, type LineKind } from './tokens.ts';

/** A longer line is no configuration; in bytes. */
export const MAX_LINE_BYTES = 1 << 20;

/** Reads a file line by line; blank lines and comments are passed over. */
export class Lexer {
  readonly source: SourceText;
  #at = 0;
  #stop = 0;
  #lineNumber = 0;
  #nulAt: number | undefined;
  /** Offset of the next NUL byte not yet passed, or -1: most files have none and are not searched again. */
  #nextNul: number;

  constructor(source: SourceText) {
    this.source = source;
    this.#nextNul = source.text.indexOf('\0');
  }

  /** Number of the line read last; at the end of the file, of the last line. */
  get lineNumber(): number {
    return this.#lineNumber;
  }

  /** Offset after the line read last, without its newline. */
  get offset(): number {
    return this.#stop;
  }

  /** Offset of the first NUL byte met so far. */
  get nulAt(): number | undefined {
    return this.#nulAt;
  }

  /** The next line with content, or undefined at the end of the file. */
  line(): Line | undefined {
    const { text } = this.source;
    while (this.#at < text.length) {
      const begin = this.#at;
      const newline = text.indexOf('\n', begin);
      const stop = newline === -1 ? text.length : newline;
      this.#at = stop + 1;
      this.#stop = stop;
      this.#lineNumber += 1;
      const start = skipSpace(text, begin, stop);
      if (start === stop || text.charCodeAt(start) === BYTE.hash) continue;
      const end = this.#contentEnd(start, stop);
      if (start < end) return { kind: lineKind(text, start, end), number: this.#lineNumber, start, end };
    }
    return undefined;
  }

  #contentEnd(start: number, stop: number): number {
    const { text } = this.source;
    if (this.#nextNul !== -1 && this.#nextNul < start) this.#nextNul = text.indexOf('\0', start);
    if (this.#nextNul !== -1 && this.#nextNul < stop) {
      this.#nulAt ??= this.#nextNul;
      return this.#nextNul;
    }
    return text.charCodeAt(stop - 1) === BYTE.carriageReturn ? stop - 1 : stop;
  }
}

function lineKind(text: string, start: number, end: number): LineKind {
  if (end - start > MAX_LINE_BYTES) return 'overlong';
  const first = text.charCodeAt(start);
  if (first !== BYTE.open && first !== BYTE.close) return 'text';
  if (skipSpace(text, start + 1, end) !== end) return 'text';
  return first === BYTE.open ? 'open' : 'close';
}

/** The words between two offsets of a line, at most `limit` of them. */
export function words(source: SourceText, start: number, end: number, limit = Infinity): Word[] {
  const { text } = source;
  const found: Word[] = [];
  let at = start;
  while (found.length < limit) {
    while (at < end && isBlank(text.charCodeAt(at))) at += 1;
    if (at === end) break;
    const begin = at;
    while (at < end && !isBlank(text.charCodeAt(at))) at += 1;
    found.push(word(source, begin, at));
  }
  return found;
}

/** The first words of a line outside an entry, where a space that is no blank belongs to its word. */
export function headerWords(source: SourceText, line: Line, limit: number): Word[] {
  let start = line.start;
  while (start > 0 && isSpaceInLine(source.text.charCodeAt(start - 1))) start -= 1;
  return words(source, start, line.end, limit);
}

/** The name at the beginning of a line inside an entry: up to a space or `=`; perhaps empty. */
export function attributeName(source: SourceText, line: Line): Word {
  let at = line.start;
  while (at < line.end && !endsName(source.text.charCodeAt(at))) at += 1;
  return word(source, line.start, at);
}

/** The operator that begins at an offset. */
export function operatorAt(text: string, at: number): AssignmentOperator | undefined {
  const byte = text.charCodeAt(at);
  if (byte === BYTE.equals) return '=';
  if (text.charCodeAt(at + 1) !== BYTE.equals) return undefined;
  if (byte === BYTE.plus) return '+=';
  return byte === BYTE.minus ? '-=' : undefined;
}

/** The first offset from `at` that is no space, or `end`. */
export function skipSpace(text: string, at: number, end: number): number {
  let next = at;
  while (next < end && isSpace(text.charCodeAt(next))) next += 1;
  return next;
}

function word(source: SourceText, start: number, end: number): Word {
  const span: Span = { source, start, end };
  return { text: source.text.slice(start, end), span };
}

function isSpaceInLine(byte: number): boolean {
  return byte !== BYTE.newline && isSpace(byte);
}

function endsName(byte: number): boolean {
  return byte === BYTE.equals || isSpace(byte);
}
