// Readers of words: numbers, yes/no, limits, sizes, times, flags. Each turns the words of an assignment into a
// value, or reports a code of codes-value.ts and answers FAILED. Pure.
// Source: spec of the reference 3.1 ("int10" is strtol base 10, "uint10" strtoull base 10).

import type { DiagnosticCode } from '../codes.ts';
import { nearest } from '../nearest.ts';
import type { Word } from '../syntax.ts';
import { FAILED } from './row.ts';
import type { Failed, ReadContext } from './row.ts';

type Reader<Value> = (words: readonly Word[], context: ReadContext) => Value | Failed;

const DECIMAL = /^[+-]?\d+$/;
const INT_MAX = 2_147_483_647;
const UINT_RANGE = 2 ** 32;
const KILO = 1024;

/** Of users and groups: one more means "unchanged" to the kernel. */
export const MOST_ID = 4_294_967_294;
/** Of the path of a unix socket. */
export const MOST_PATH_BYTES = 107;

const EMPTY: Word = { text: '', span: { source: { name: '', text: '', lineStarts: [0] }, start: 0, end: 0 } };

/** The first word; arity was checked before. */
export function first(words: readonly Word[]): Word {
  return words[0] ?? EMPTY;
}

/** A decimal integer within an inclusive range; no rounding, no wrapping. */
export function decimal(text: string, low: number, high: number): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return value >= low && value <= high ? value : undefined;
}

/** An unsigned 32-bit integer; small negative numbers count down from 2^32, as the reference's do. */
export function unsigned(text: string): number | undefined {
  const value = decimal(text, 1 - UINT_RANGE, UINT_RANGE - 1);
  if (value === undefined) return undefined;
  return value < 0 ? value + UINT_RANGE : value;
}

/** A size in bytes with an optional suffix k or m. */
export function size(text: string): number | undefined {
  const suffix = text.slice(-1).toLowerCase();
  const factor = suffix === 'k' ? KILO : suffix === 'm' ? KILO * KILO : 1;
  const digits = factor === 1 ? text : text.slice(0, -1);
  if (!/^\+?\d+$/.test(digits)) return undefined;
  const value = Number(digits) * factor;
  return value < 2 ** 64 ? value : undefined;
}

/** One word, whatever it says. */
export const readWord: Reader<string> = (words) => first(words).text;

/** All words. */
export const readWords: Reader<readonly string[]> = (words) => words.map((word) => word.text);

/** `yes` or `no` in any case. */
export function readYesNo(code: DiagnosticCode): Reader<boolean> {
  return (words, context) => {
    const word = first(words);
    const text = word.text.toLowerCase();
    if (text === 'yes') return true;
    if (text === 'no') return false;
    context.report(code, [word.text], word, yesNoHint(text));
    return FAILED;
  };
}

function yesNoHint(text: string): string | undefined {
  if (/^(?:1|on|true|enable|enabled|y)$/.test(text)) return 'write "yes"';
  if (/^(?:0|off|false|disable|disabled|n|nowait)$/.test(text)) return 'write "no"';
  return text === 'wait' ? 'write "yes"' : undefined;
}

/** A decimal integer within an inclusive range. */
export function readInteger(code: DiagnosticCode, low: number, high: number): Reader<number> {
  return (words, context) => {
    const word = first(words);
    const value = decimal(word.text, low, high);
    if (value !== undefined) return value;
    context.report(code, [word.text], word);
    return FAILED;
  };
}

/** A count, or UNLIMITED as `Infinity`. */
export function readLimit(code: DiagnosticCode): Reader<number> {
  const readCount = readInteger(code, 0, INT_MAX);
  return (words, context) => (isUnlimited(first(words)) ? Infinity : readCount(words, context));
}

function isUnlimited(word: Word): boolean {
  return word.text.toUpperCase() === 'UNLIMITED';
}

/** A resource limit: UNLIMITED (also `-1`) is `Infinity`; 0 is "not set". `measure` reads the number. */
export function readResource(
  code: DiagnosticCode,
  measure: (text: string) => number | undefined,
): Reader<number | undefined> {
  return (words, context) => {
    const word = first(words);
    if (isUnlimited(word) || word.text === '-1') return Infinity;
    const value = measure(word.text);
    if (value !== undefined) return value === 0 ? undefined : value;
    context.report(code, [word.text], word, 'a number with an optional suffix k or M, or UNLIMITED');
    return FAILED;
  };
}

/** Seconds of processor time: a plain number. */
export function seconds(text: string): number | undefined {
  return decimal(text, 0, 2 ** 53);
}

/** A file mode mask in octal, 0 to 777. */
export const readUmask: Reader<number> = (words, context) => {
  const word = first(words);
  const value = /^\+?[0-7]+$/.test(word.text) ? Number.parseInt(word.text, 8) : Infinity;
  if (value <= 0o777) return value;
  context.report('XC135', [], word, 'an octal number from 0 to 777, such as 022');
  return FAILED;
};

/** Words of a fixed set, in any case, answered once each in the order of the set. */
export function readFlags<Flag extends string>(code: DiagnosticCode, known: readonly Flag[]): Reader<readonly Flag[]> {
  const byName = new Map(known.map((flag) => [flag.toUpperCase(), flag] as const));
  return (words, context) => {
    const found = new Set<Flag>();
    for (const word of words) {
      const flag = byName.get(word.text.toUpperCase());
      if (flag === undefined) {
        context.report(code, [word.text], word, flagHint(word.text, known));
        return FAILED;
      }
      found.add(flag);
    }
    return inOrder(found, known);
  };
}

function flagHint(text: string, known: readonly string[]): string {
  return text.startsWith('#') ? 'a comment needs a line of its own' : meant(text.toUpperCase(), known);
}

/** A hint for a word that is none of those known. */
export function meant(text: string, known: readonly string[]): string {
  const near = nearest(text, known);
  return near === undefined ? `known are ${known.join(' ')}` : `did you mean "${near}"?`;
}

/** One word of a few, in any case. */
export function readOneOf<const Value extends string>(code: DiagnosticCode, known: readonly Value[]): Reader<Value> {
  return (words, context) => {
    const word = first(words);
    const found = known.find((value) => value === word.text.toLowerCase());
    if (found !== undefined) return found;
    context.report(code, [word.text], word, meant(word.text, known));
    return FAILED;
  };
}

function inOrder<Flag>(found: ReadonlySet<Flag>, known: readonly Flag[]): readonly Flag[] {
  return known.filter((flag) => found.has(flag));
}

/** `+=` and `-=` of flags that have a fixed order. */
export function flagList<Flag extends string>(known: readonly Flag[]) {
  return {
    add: (base: readonly Flag[] | undefined, added: readonly Flag[]): readonly Flag[] =>
      inOrder(new Set([...(base ?? []), ...added]), known),
    remove: (base: readonly Flag[] | undefined, removed: readonly Flag[]): readonly Flag[] =>
      (base ?? []).filter((flag) => !removed.includes(flag)),
  };
}

/** `+=` and `-=` of words, compared by `fold`. */
export function wordList(fold: (word: string) => string) {
  return {
    add: (base: readonly string[] | undefined, added: readonly string[]): readonly string[] => {
      const words = new Map<string, string>();
      for (const word of [...(base ?? []), ...added]) if (!words.has(fold(word))) words.set(fold(word), word);
      return [...words.values()];
    },
    remove: (base: readonly string[] | undefined, removed: readonly string[]): readonly string[] => {
      const gone = new Set(removed.map(fold));
      return (base ?? []).filter((word) => !gone.has(fold(word)));
    },
  };
}

/** `yes` or `no` in configuration syntax. */
export function writeYesNo(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? 'yes' : 'no';
}

/** A number in configuration syntax; `Infinity` is UNLIMITED. */
export function writeNumber(value: number | undefined): string | undefined {
  if (value === undefined) return undefined;
  return value === Infinity ? 'UNLIMITED' : String(value);
}

/** Words in configuration syntax; an empty list keeps its line. */
export function writeWords(value: readonly string[] | undefined): string | undefined {
  return value?.join(' ');
}

/** Words in configuration syntax, for attributes that need at least one. */
export function writeSomeWords(value: readonly string[]): string | undefined {
  return value.length === 0 ? undefined : value.join(' ');
}
