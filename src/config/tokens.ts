// What the lexer hands to the parser: lines that have content, and the words in them.
// Pure. The language is line by line: a word (`Word` of syntax.ts) never leaves its line, and what a byte
// means depends on whether the line is a header or stands inside an entry; hence two kinds of blanks.

/** `open` and `close` are lines that are only a brace; `overlong` is one the parser must not look into. */
export type LineKind = 'open' | 'close' | 'text' | 'overlong';

/** A line that is neither blank nor a comment. */
export interface Line {
  readonly kind: LineKind;
  /** Counted from 1, blank and comment lines included. */
  readonly number: number;
  /** Offset of the first byte that is no space. */
  readonly start: number;
  /** Offset after the last byte that counts: before a NUL, a trailing CR or the newline. */
  readonly end: number;
}

/** The bytes the grammar knows by name. */
export const BYTE = {
  nul: 0,
  tab: 9,
  newline: 10,
  carriageReturn: 13,
  blank: 32,
  doubleQuote: 34,
  hash: 35,
  singleQuote: 39,
  plus: 43,
  minus: 45,
  equals: 61,
  open: 123,
  close: 125,
} as const;

/** Separates words: space and tab only. */
export function isBlank(byte: number): boolean {
  return byte === BYTE.blank || byte === BYTE.tab;
}

/** Is skipped around braces, at the beginning of a line and around a name: isspace(3) of the C locale. */
export function isSpace(byte: number): boolean {
  return byte === BYTE.blank || (byte >= BYTE.tab && byte <= BYTE.carriageReturn);
}
