// Reads one file: lines become entries, mistakes become diagnostics (XC001 – XC010, XC026 – XC029).
// Pure and total; never throws, never looks at another file. One method per production of
// grammar/xinetd.conf.ebnf, of the same name. Entries are pulled one by one, so that whoever follows
// includes finds everything in textual order.
// compat: after an error everything up to the next line that is only `}` is skipped (golden 020-grammar-errors);
// inside `defaults` nothing is skipped and the lines after the error are read as if they stood outside.

import { MAX_ASSIGNMENTS, WordBudget } from './bounds.ts';
import type { Diagnostic, DiagnosticCollector } from './diagnostic.ts';
import { attributeName, headerWords, Lexer, MAX_LINE_BYTES, operatorAt, skipSpace, words } from './lexer.ts';
import type { SourceText, Span } from './source.ts';
import type { Assignment, ConfigFile, DefaultsBlock, Entry, Include, ServiceBlock, Word } from './syntax.ts';
import {
  adviceOnClosing,
  adviceOnEnd,
  adviceOnOpening,
  adviceOnOperator,
  adviceOnSwallowed,
  isKeyword,
  lintValues,
  type Advice,
} from './syntax-hints.ts';
import { BYTE, type Line } from './tokens.ts';

/** The body of an entry: what was read, and whether its end was found. */
interface Block {
  readonly assignments: readonly Assignment[];
  readonly unheard?: readonly Assignment[];
  readonly isComplete: boolean;
}

/** Parses a whole file; includes are entries like others and are not followed. */
export function parseFile(source: SourceText, collector: DiagnosticCollector): ConfigFile {
  return { entries: new Parser(source, collector).file() };
}

/** The parser of one file. */
export class Parser {
  readonly #source: SourceText;
  readonly #lexer: Lexer;
  readonly #collector: DiagnosticCollector;
  readonly #budget: WordBudget;
  #hasDefaults = false;
  #isStopped = false;

  constructor(source: SourceText, collector: DiagnosticCollector, budget: WordBudget = new WordBudget()) {
    this.#source = source;
    this.#lexer = new Lexer(source);
    this.#collector = collector;
    this.#budget = budget;
  }

  /** file = { entry } ; */
  file(): readonly Entry[] {
    const entries: Entry[] = [];
    for (let entry = this.entry(); entry !== undefined; entry = this.entry()) entries.push(entry);
    return entries;
  }

  /** entry = service | defaults | include | includedir ; undefined at the end of the file. */
  entry(): Entry | undefined {
    for (let line = this.#line(); line !== undefined; line = this.#line()) {
      this.#budget.spendEntry();
      const entry = this.#entryAt(line);
      if (entry !== undefined) return entry;
    }
    this.#lintBytes();
    return undefined;
  }

  #entryAt(line: Line): Entry | undefined {
    const [keyword, name] = headerWords(this.#source, line, 2);
    switch (keyword?.text.toLowerCase() ?? '') {
      case 'service':
        return this.service(line, name);
      case 'defaults':
        return this.defaults(line);
      case 'include':
        return this.include(line, name);
      case 'includedir':
        return this.includedir(line, name);
      default:
        return this.#noKeyword(line, keyword);
    }
  }

  /** service = "service" , name , { junk } , EOL , block ; */
  service(header: Line, name: Word | undefined): ServiceBlock | undefined {
    if (name === undefined) return this.#noName(header);
    if (!this.#open(header, name.text)) return undefined;
    const block = this.block(header, 'service');
    return { kind: 'service', name, ...block, span: this.#spanFrom(header) };
  }

  /** defaults = "defaults" , { junk } , EOL , block ; */
  defaults(header: Line): DefaultsBlock | undefined {
    if (!this.#open(header, '(null)')) return undefined;
    if (this.#hasDefaults) {
      this.#skipAfter({ code: 'XC009', args: [], span: this.#lineSpan(header), logPlace: this.#logPlace() });
      return undefined;
    }
    const block = this.block(header, 'defaults');
    this.#hasDefaults = block.isComplete;
    return { kind: 'defaults', ...block, span: this.#spanFrom(header) };
  }

  /** include = "include" , name , { junk } , EOL ; */
  include(line: Line, path: Word | undefined): Include | undefined {
    return path === undefined ? this.#noName(line) : { kind: 'include', path };
  }

  /** includedir = "includedir" , name , { junk } , EOL ; */
  includedir(line: Line, path: Word | undefined): Include | undefined {
    return path === undefined ? this.#noName(line) : { kind: 'includedir', path };
  }

  /** block = open , { assignment } , close ; the opening brace has been read. */
  block(header: Line, kind: 'service' | 'defaults'): Block {
    const assignments: Assignment[] = [];
    const isOff = disableWatch(kind);
    for (let line = this.#line(); line !== undefined; line = this.#line()) {
      if (line.kind === 'close') return { assignments, isComplete: true };
      const assignment = assignments.length < MAX_ASSIGNMENTS ? this.assignment(line) : this.#tooMany(header);
      if ('code' in assignment) {
        const advice = adviceOnClosing(assignment, this.#lineSpan(header), assignments);
        return this.#broken({ ...assignment, ...advice }, assignments, kind);
      }
      assignments.push(assignment);
      if (isOff(assignment)) return this.#switchedOff(header, assignments);
    }
    this.#pushAtEnd('XC005', header, adviceOnEnd(assignments));
    this.#pushAtEnd('XC004', header);
    return { assignments, isComplete: false };
  }

  /** assignment = attribute , operator , values , EOL ; or what is wrong with it. */
  assignment(line: Line): Assignment | Diagnostic {
    if (line.kind === 'overlong') return this.#overlong(line);
    const { text } = this.#source;
    const name = attributeName(this.#source, line);
    const end = name.span.end;
    if (end < line.end && text.charCodeAt(end) === BYTE.equals) return this.#badOperator('XC006', line, name);
    const at = skipSpace(text, end, line.end);
    if (at === line.end) return { code: 'XC008', args: [name.text], span: name.span };
    const operator = operatorAt(text, at);
    if (operator === undefined) return this.#badOperator('XC007', line, name);
    const after = at + operator.length;
    const operatorSpan = { source: this.#source, start: at, end: after };
    return { kind: 'assignment', name, operator, operatorSpan, values: this.values(line, after) };
  }

  /** values = { word } ; */
  values(line: Line, start: number): readonly Word[] {
    const found = words(this.#source, start, line.end);
    this.#budget.spendWords(found.length + 1);
    lintValues(found, this.#collector);
    return found;
  }

  #line(): Line | undefined {
    if (this.#isStopped) return undefined;
    if (!this.#budget.isExhausted) return this.#lexer.line();
    this.#isStopped = true;
    const line = this.#lexer.line();
    const span = line === undefined ? undefined : this.#lineSpan(line);
    if (span !== undefined) this.#push({ code: 'XC029', args: [this.#budget.limit], span });
    return undefined;
  }

  /** Whether the next line is the opening brace; if not, the entry is skipped. */
  #open(header: Line, name: string): boolean {
    const next = this.#line();
    if (next?.kind === 'open') return true;
    if (this.#isStopped) return false;
    const logPlace = this.#logPlace();
    const advice = adviceOnOpening(this.#source, header, next);
    this.#skipAfter({ code: 'XC003', args: [name], span: this.#lineSpan(header), logPlace, ...advice });
    return false;
  }

  #noKeyword(line: Line, keyword: Word | undefined): undefined {
    if (line.kind === 'overlong') return this.#skipAfter(this.#overlong(line));
    const span = keyword?.span ?? this.#lineSpan(line);
    return this.#skipAfter({ code: 'XC001', args: [], span });
  }

  #noName(line: Line): undefined {
    return this.#skipAfter({ code: 'XC002', args: [], span: this.#lineSpan(line) });
  }

  #badOperator(code: 'XC006' | 'XC007', line: Line, name: Word): Diagnostic {
    return { code, args: [name.text], span: name.span, ...adviceOnOperator(this.#source, line) };
  }

  #tooMany(header: Line): Diagnostic {
    return { code: 'XC031', args: [MAX_ASSIGNMENTS], span: this.#lineSpan(header), logPlace: this.#logPlace() };
  }

  #overlong(line: Line): Diagnostic {
    const span = { source: this.#source, start: line.start, end: line.start + 1 };
    return { code: 'XC010', args: [MAX_LINE_BYTES], span };
  }

  /** In a service the lines up to its end count for nothing; mistakes in them are told all the same. */
  #broken(finding: Diagnostic, assignments: readonly Assignment[], kind: 'service' | 'defaults'): Block {
    if (kind === 'defaults') {
      this.#push(finding);
      return { assignments, isComplete: false };
    }
    const rest: (Assignment | Diagnostic)[] = [];
    this.#skipAfter(finding, (line) => rest.push(this.assignment(line)));
    const unheard = rest.filter((line) => 'kind' in line);
    for (const line of rest)
      if ('code' in line && !isKeyword(String(line.args[0]))) this.#push({ ...line, isAside: true });
    return { assignments, ...(unheard.length > 0 && { unheard }), isComplete: false };
  }

  /** compat: a service that is switched off is not examined further (corpus attr-disable-first-garbage-after). */
  #switchedOff(header: Line, assignments: readonly Assignment[]): Block {
    if (this.#skip() === undefined) this.#pushAtEnd('XC004', header);
    return { assignments, isComplete: true };
  }

  #skipAfter(finding: Diagnostic, onLine?: (line: Line) => void): undefined {
    const swallowed = this.#skip(onLine);
    const related = [...(finding.related ?? []), ...(swallowed?.related ?? [])];
    this.#push(related.length === 0 ? finding : { ...finding, related });
    if (swallowed !== undefined || this.#isStopped) return;
    this.#push({ code: 'XC004', args: [], ...(finding.span && { span: finding.span }), logPlace: this.#logPlace() });
  }

  /** Reads to the next line that is only `}`: notes on entries it swallowed, or undefined at the end of the file. */
  #skip(onLine: (line: Line) => void = ignore): Advice | undefined {
    const passed: Word[] = [];
    for (let line = this.#line(); line !== undefined; line = this.#line()) {
      if (line.kind === 'close') return adviceOnSwallowed(passed);
      if (line.kind !== 'open') onLine(line);
      const [keyword, name] = line.kind === 'text' ? headerWords(this.#source, line, 2) : [];
      if (keyword?.text.toLowerCase() === 'service' && name !== undefined) passed.push(name);
    }
    return undefined;
  }

  #pushAtEnd(code: 'XC004' | 'XC005', header: Line, advice: Advice = {}): void {
    if (this.#isStopped) return;
    this.#push({ code, args: [], span: this.#lineSpan(header), logPlace: this.#logPlace(), ...advice });
  }

  #logPlace(): { readonly file: string; readonly line: number } {
    return { file: this.#source.name, line: this.#lexer.lineNumber };
  }

  #lintBytes(): void {
    const at = this.#lexer.nulAt;
    if (at === undefined) return;
    this.#push({ code: 'XC026', args: [], span: { source: this.#source, start: at, end: at + 1 } });
  }

  #push(finding: Diagnostic): void {
    this.#budget.spendFinding();
    this.#collector.push(finding);
  }

  #lineSpan(line: Line): Span {
    return { source: this.#source, start: line.start, end: line.end };
  }

  #spanFrom(header: Line): Span {
    return { source: this.#source, start: header.start, end: this.#lexer.offset };
  }
}

/**
 * Tells when an assignment ends the examination of its service: a `disable` that is not `no`, the first
 * that counts (one value, plain `=`). A bad value counts too: it drops the service at once.
 */
function disableWatch(kind: 'service' | 'defaults'): (assignment: Assignment) => boolean {
  let isSettled = kind === 'defaults';
  return (assignment) => {
    if (isSettled || !isNamed(assignment, 'disable')) return false;
    const [value] = assignment.values;
    if (assignment.operator !== '=' || assignment.values.length !== 1 || value === undefined) return false;
    isSettled = true;
    return value.text.toLowerCase() !== 'no';
  };
}

function isNamed({ name }: Assignment, wanted: string): boolean {
  return name.text.length === wanted.length && name.text.toLowerCase() === wanted;
}

function ignore(): void {
  // Nobody wants to know.
}
