// hosts.allow and hosts.deny as text to rules. Pure. What the library would complain of becomes a finding, and what it
// would take for broken stays in the table as broken, so that matching fails where the library does.
// Source: hosts_access(5), ACCESS CONTROL RULES; hosts_options(5).

import { readOptions } from './hosts-options.ts';
import type { HostsOption, IdPorts } from './hosts-options.ts';
import type { HostLists } from './hosts-pattern.ts';

/** One rule. */
export interface HostsRule {
  readonly line: number;
  readonly daemons: readonly string[];
  readonly clients: readonly string[];
  readonly options: readonly HostsOption[];
  /** What is wrong after `options`: the rule denies when it gets there. */
  readonly mistake: string | undefined;
}

/** Something to say about a file, once, when it is read. */
export interface HostsFinding {
  readonly place: string;
  readonly text: string;
}

/** One of the two files. */
export interface HostsTable {
  readonly path: string;
  readonly rules: readonly HostsRule[];
  /** True when the file cannot be read, or not to its end: nothing that follows the rules is known. */
  readonly isBroken: boolean;
  readonly findings: readonly HostsFinding[];
}

/** Both files and what they name. */
export interface HostsTables {
  readonly allow: HostsTable;
  readonly deny: HostsTable;
  readonly lists: HostLists;
  /** Whether a rule or an expansion may look at the end of the connection that is here. */
  readonly isServerAsked: boolean;
}

/** The text of a file, that there is none, or why it cannot be read. */
export type HostsText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** The longest rule, with its newline. */
const LONGEST = 2047;
const BLANK = /^[ \t\r\n]*$/;

/** Reads one file. */
export function parseHostsTable(path: string, file: HostsText, ports: IdPorts): HostsTable {
  if (file.kind === 'missing') return { path, rules: [], isBroken: false, findings: [] };
  if (file.kind === 'unreadable') {
    return { path, rules: [], isBroken: true, findings: [{ place: path, text: `cannot open: ${file.reason}` }] };
  }
  const rules: HostsRule[] = [];
  const findings: HostsFinding[] = [];
  for (const { line, text, isWhole } of logicalLines(file.text)) {
    const place = `${path}:${line}`;
    if (!isWhole) {
      findings.push({ place, text: 'missing newline or line too long, the rest of the file is ignored' });
      return { path, rules, isBroken: true, findings };
    }
    if (text.startsWith('#') || BLANK.test(text)) continue;
    const rule = parseRule(line, text, ports);
    if (rule === undefined) findings.push({ place, text: 'missing ":" separator, the line is ignored' });
    else {
      rules.push(rule);
      findings.push(...doubtsOf(rule).map((doubt) => ({ place, text: doubt })));
    }
  }
  return { path, rules, isBroken: false, findings };
}

/** The words of a file that a pattern such as `/etc/friends` names. */
export function parseHostList(text: string): readonly string[] {
  return text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== '');
}

/** The files that the patterns of a table, or of such a file, name. */
export function listsNamedIn(words: readonly string[]): string[] {
  return words.map((word) => hostPart(word)).filter((word) => word.startsWith('/'));
}

/** Every word of the rules of a table. */
export function wordsOf({ rules }: HostsTable): readonly string[] {
  return rules.flatMap(({ daemons, clients }) => [...daemons, ...clients]);
}

/** Whether a table has nothing to say to anybody. */
export function isSilent({ rules, isBroken }: HostsTable): boolean {
  return rules.length === 0 && !isBroken;
}

/** See `HostsTables.isServerAsked`. */
export function asksForServer(tables: readonly HostsTable[]): boolean {
  return tables.some(({ rules }) =>
    rules.some(
      ({ daemons, options }) =>
        daemons.some((word) => /^\d+$|.@/s.test(word)) ||
        options.some((option) => option.kind === 'banners' || /%[AHNRs]/.test(JSON.stringify(option))),
    ),
  );
}

interface LogicalLine {
  /** Of its last line. */
  readonly line: number;
  /** Without the newline. */
  readonly text: string;
  readonly isWhole: boolean;
}

/** A backslash before the newline joins lines. */
function* logicalLines(text: string): Generator<LogicalLine> {
  let line = 0;
  let joined = '';
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    joined += text.slice(start, end === -1 ? text.length : end);
    line += 1;
    const isTooLong = joined.length >= LONGEST || joined.includes('\0');
    if (end === -1 || isTooLong) return yield { line, text: joined, isWhole: false };
    start = end + 1;
    if (joined.endsWith('\\')) joined = joined.slice(0, -1);
    else {
      yield { line, text: joined, isWhole: true };
      joined = '';
      continue;
    }
    if (start >= text.length && joined !== '') yield { line, text: joined, isWhole: false };
  }
}

function parseRule(line: number, text: string, ports: IdPorts): HostsRule | undefined {
  const [daemons, rest] = splitAt(text, ':');
  if (rest === undefined) return undefined;
  const [clients, options] = splitAt(rest, ':');
  // The newline, which logicalLines has taken off, makes a field of its own behind a last colon.
  const read = options === undefined ? { options: [], mistake: undefined } : readOptions(`${options}\n`, ports);
  return { line, daemons: listOf(daemons), clients: listOf(clients), ...read };
}

/** The text before and after the first separator that stands outside brackets. */
export function splitAt(text: string, separator: string, from = 0): readonly [string, string | undefined] {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '[') depth += 1;
    else if (character === ']') depth -= 1;
    else if (depth === 0 && character === separator) return [text.slice(0, at), text.slice(at + 1)];
  }
  return [text, undefined];
}

/** The host of `user@host` or `daemon@host`, else the whole word. */
function hostPart(word: string): string {
  return splitAt(word, '@', 1)[1] ?? word;
}

function listOf(text: string): readonly string[] {
  return text.split(/[, \t\r\n]+/).filter((word) => word !== '');
}

function doubtsOf({ clients, mistake }: HostsRule): readonly string[] {
  const netgroups = clients.filter((word) => hostPart(word).startsWith('@'));
  return [
    ...netgroups.map((word) => `netgroups are not supported, nobody knows whom ${word} means`),
    ...(mistake === undefined ? [] : [`${mistake}, the rule denies`]),
  ];
}
