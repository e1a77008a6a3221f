// A stretch of a file as people see it: the source line and a caret under the span.
// Pure. Source text is bytes; what is UTF-8 is shown as characters (wide ones take two cells), control bytes and
// stray bytes as `\xNN`, tabs as blanks to the next stop, and a long line only around the caret.

import { lineText, placeOf, type Span } from './source.ts';

const TAB_WIDTH = 8;
/** Bytes of a line shown before and after the beginning of the span. */
const SHOWN_BEFORE = 60;
const SHOWN_AFTER = 100;
const CUT = '…';

/** The two lines under a message: `  7 |     port = 80` and the caret. */
export function excerpt(span: Span): readonly string[] {
  const { line, column } = placeOf(span.source, span.start);
  const { before, marked, after } = window(lineText(span.source, line), column - 1, span.end - span.start);
  const shownBefore = show(before, 0);
  const shownMarked = show(marked, widthOf(shownBefore));
  const left = widthOf(shownBefore);
  const shownAfter = show(after, left + widthOf(shownMarked));
  const gutter = `  ${line} | `;
  const caret = '^'.repeat(Math.max(1, widthOf(shownMarked)));
  return [
    `${gutter}${shownBefore}${shownMarked}${shownAfter}`.trimEnd(),
    `${' '.repeat(gutter.length - 2)}| ${' '.repeat(left)}${caret}`,
  ];
}

/** A byte string as text for people, without anything a terminal would obey. */
export function readable(bytes: string): string {
  return show(bytes, 0);
}

interface Window {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** The part of a line that is shown, in three pieces; the cuts are made between characters. */
function window(line: string, at: number, length: number): Window {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const start = Math.min(at, text.length);
  const from = start > SHOWN_BEFORE ? characterStart(text, start - SHOWN_BEFORE) : 0;
  const to = text.length > start + SHOWN_AFTER ? characterStart(text, start + SHOWN_AFTER) : text.length;
  const end = Math.min(start + length, to);
  return {
    before: (from > 0 ? UTF8_CUT : '') + text.slice(from, start),
    marked: text.slice(start, end),
    after: text.slice(end, to) + (to < text.length ? UTF8_CUT : ''),
  };
}

/** The cut mark as the byte string it is in UTF-8. */
const UTF8_CUT = String.fromCharCode(...new TextEncoder().encode(CUT));

function characterStart(text: string, at: number): number {
  let start = at;
  while (start < text.length && (text.charCodeAt(start) & 0xc0) === 0x80) start += 1;
  return start;
}

const MULTIBYTE = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g;

/** Bytes to text: UTF-8 decoded, the rest escaped, tabs expanded from the given cell on. */
function show(bytes: string, cell: number): string {
  let shown = '';
  let at = 0;
  for (const match of bytes.matchAll(MULTIBYTE)) {
    shown = showBytes(bytes.slice(at, match.index), shown, cell);
    shown += decode(match[0]);
    at = match.index + match[0].length;
  }
  return showBytes(bytes.slice(at), shown, cell);
}

function showBytes(bytes: string, shown: string, cell: number): string {
  let text = shown;
  for (const byte of bytes) {
    const code = byte.charCodeAt(0);
    if (byte === '\t') text += ' '.repeat(TAB_WIDTH - ((cell + widthOf(text)) % TAB_WIDTH));
    else if (code < 0x20 || (code > 0x7e && code < 0x100)) text += escapeByte(code);
    else text += byte;
  }
  return text;
}

/** One multi-byte sequence: its character, unless it is malformed or would move the cursor. */
function decode(bytes: string): string {
  const character = new TextDecoder('utf-8').decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
  const isPlain = Array.from(character).length === 1 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u.test(character);
  return isPlain ? character : Array.from(bytes, (byte) => escapeByte(byte.charCodeAt(0))).join('');
}

function escapeByte(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}

/** Cells a text takes on a terminal. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
  return width;
}

/** East Asian wide and full-width characters, and emoji: first and last code points. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

function isWide(codePoint: number): boolean {
  return codePoint >= 0x1100 && WIDE.some(([first, last]) => codePoint >= first && codePoint <= last);
}
