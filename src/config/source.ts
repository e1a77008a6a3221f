// A configuration file held as text, and the places in it that diagnostics and rules point at.
// Pure. Text is a byte string: one UTF-16 unit per byte of the file (latin1), so paths and arguments
// reach the kernel byte for byte; only `render.ts` turns it into characters for people.

/** One file's name and text. */
export interface SourceText {
  readonly name: string;
  readonly text: string;
  /** Offset at which each line begins; `lineStarts[0]` is 0. */
  readonly lineStarts: readonly number[];
}

/** A stretch of a file: `start` inclusive, `end` exclusive, both offsets into `source.text`. */
export interface Span {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

/** Line and column, both counted from 1; the column counts bytes. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Makes a `SourceText`; a CR before the newline stays in the text (the lexer drops it). */
export function sourceText(name: string, text: string): SourceText {
  return new IndexedText(name, text);
}

/** Finds the lines only when someone asks: a clean file is never indexed. */
class IndexedText implements SourceText {
  readonly name: string;
  readonly text: string;
  #lineStarts: readonly number[] | undefined;

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
  }

  get lineStarts(): readonly number[] {
    this.#lineStarts ??= findLineStarts(this.text);
    return this.#lineStarts;
  }
}

function findLineStarts(text: string): readonly number[] {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return lineStarts;
}

/** Finds line and column of an offset by bisection. */
export function placeOf(source: SourceText, offset: number): Place {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (source.lineStarts[low] ?? 0) + 1 };
}

/** The text of a line (counted from 1) without its newline. */
export function lineText(source: SourceText, line: number): string {
  const start = source.lineStarts[line - 1];
  if (start === undefined) return '';
  const next = source.lineStarts[line];
  return source.text.slice(start, next === undefined ? undefined : next - 1);
}
