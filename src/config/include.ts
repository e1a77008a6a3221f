// Reads a configuration: the main file and, where they stand, the files it includes.
// Pure: files come through the ports. Gives the entries as one flat list in textual order; every mistake
// is a diagnostic (XC011 – XC025) and costs only the file it concerns, unless that is the main file.
// differs: loops, depth and size are bounded, devices and pipes are never opened, unsafe files are refused.

import { MAX_FILES, MAX_INCLUDE_DEPTH, MAX_TEXT_BYTES, WordBudget } from './bounds.ts';
import type { DiagnosticCode } from './codes.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import { isTrusted } from './file-trust.ts';
import { Parser } from './parser.ts';
import type { ConfigPorts, FileStatus, ReadResult } from './ports.ts';
import { sourceText } from './source.ts';
import type { DefaultsBlock, Include, ServiceBlock, Word } from './syntax.ts';

/** Which file to begin with. */
export interface ReadOptions {
  readonly path: string;
  /** What relative paths are relative to: the directory the daemon was started in. */
  readonly baseDirectory: string;
}

/** A configuration as written. */
export interface BlocksRead {
  readonly blocks: readonly (ServiceBlock | DefaultsBlock)[];
  /** For each block, how many findings there were when its end was reached. */
  readonly findingCounts: readonly number[];
  /** Without its main file a daemon does not start, and a reload keeps what was. */
  readonly mainFile: 'read' | 'unreadable' | 'refused';
  /** How many files were read. */
  readonly fileCount: number;
}

/** **Front door** of the syntax side: reads the main file and all it includes. */
export function readBlocks(options: ReadOptions, ports: ConfigPorts, collector: DiagnosticCollector): BlocksRead {
  return new ConfigurationReader(options, ports, collector).read();
}

class ConfigurationReader {
  readonly #options: ReadOptions;
  readonly #ports: ConfigPorts;
  readonly #collector: DiagnosticCollector;
  readonly #budget = new WordBudget();
  readonly #blocks: (ServiceBlock | DefaultsBlock)[] = [];
  readonly #findingCounts: number[] = [];
  /** Absolute paths of the files being read now, the outermost first. */
  readonly #chain: string[] = [];
  #entryCount = 0;
  #fileCount = 0;
  #textBytes = 0;
  #isFull = false;

  constructor(options: ReadOptions, ports: ConfigPorts, collector: DiagnosticCollector) {
    this.#options = options;
    this.#ports = ports;
    this.#collector = collector;
  }

  read(): BlocksRead {
    const mainFile = this.#readMain();
    return { blocks: this.#blocks, findingCounts: this.#findingCounts, mainFile, fileCount: this.#fileCount };
  }

  #readMain(): BlocksRead['mainFile'] {
    const { path } = this.#options;
    const absolute = this.#absolute(path);
    const result = this.#ports.readFile(absolute);
    if (!result.ok) {
      const { reason, errno } = result.system;
      this.#collector.push({ code: 'XC016', args: [path, reason, errno] });
      return 'unreadable';
    }
    if (!this.#isTrusted(path, result.status)) return 'refused';
    this.#parse({ name: path, absolute }, result.text);
    if (this.#entryCount === 0) {
      this.#collector.push({
        code: 'XC017',
        args: [],
        span: { source: sourceText(path, result.text), start: 0, end: 0 },
      });
    }
    return 'read';
  }

  #parse(file: { readonly name: string; readonly absolute: string }, text: string): void {
    this.#fileCount += 1;
    this.#textBytes += text.length;
    this.#chain.push(file.absolute);
    const parser = new Parser(sourceText(file.name, text), this.#collector, this.#budget);
    for (let entry = parser.entry(); entry !== undefined; entry = parser.entry()) {
      this.#entryCount += 1;
      if (entry.kind === 'service' || entry.kind === 'defaults') this.#keep(entry);
      else this.#follow(entry);
    }
    this.#chain.pop();
  }

  #keep(block: ServiceBlock | DefaultsBlock): void {
    this.#blocks.push(block);
    this.#findingCounts.push(this.#collector.all.length);
  }

  #follow({ kind, path }: Include): void {
    if (kind === 'include') this.#readInclude(path);
    else this.#readDirectory(path);
  }

  #readInclude(path: Word): void {
    const absolute = this.#absolute(path.text);
    if (!this.#mayRead(path, path.text, absolute)) return;
    const result = this.#ports.readFile(absolute);
    if (result.ok) this.#parseIncluded(path, path.text, { absolute, ...result });
    else if (result.failure === 'not-regular') this.#includeOfNoFile(path, absolute);
    else this.#unreadable(path, path.text, result);
  }

  /** compat: including a directory is no error and reads nothing. */
  #includeOfNoFile(path: Word, absolute: string): void {
    if (this.#ports.stat(absolute)?.kind !== 'directory') return this.#say('XC015', path);
    this.#say('XC011', path);
    this.#say('XC025', path);
  }

  #readDirectory(path: Word): void {
    const names = this.#ports.listDirectory(this.#absolute(path.text));
    if (names === undefined) return this.#say('XC013', path);
    // Byte strings: the order of code units is the order of bytes.
    for (const name of names.filter(isReadName).toSorted()) this.#readMember(path, `${path.text}/${name}`);
  }

  #readMember(directory: Word, name: string): void {
    const absolute = this.#absolute(name);
    if (!this.#mayRead(directory, name, absolute)) return;
    const result = this.#ports.readFile(absolute);
    if (result.ok) return this.#parseIncluded(directory, name, { absolute, ...result });
    const status = this.#ports.stat(absolute);
    if (status === undefined) this.#say('XC014', directory, name);
    else if (status.kind !== 'file') this.#say('XC015', directory, name);
    else this.#unreadable(directory, name, result);
  }

  #parseIncluded(
    place: Word,
    name: string,
    file: { readonly absolute: string; readonly text: string; readonly status: FileStatus },
  ): void {
    if (!this.#isTrusted(name, file.status, place)) return;
    this.#say(name === place.text ? 'XC011' : 'XC030', place, name);
    if (this.#textBytes + file.text.length > MAX_TEXT_BYTES) return this.#tooLarge(place, name);
    this.#parse({ name, absolute: file.absolute }, file.text);
  }

  #mayRead(place: Word, name: string, absolute: string): boolean {
    if (this.#isFull || this.#budget.isExhausted) return false;
    const span = place.span;
    if (this.#chain.includes(absolute)) {
      this.#budget.spendFinding();
      this.#collector.push({ code: 'XC018', args: [name], span });
      return false;
    }
    if (this.#chain.length > MAX_INCLUDE_DEPTH) {
      this.#budget.spendFinding();
      this.#collector.push({ code: 'XC019', args: [MAX_INCLUDE_DEPTH, name], span });
      return false;
    }
    this.#isFull = this.#fileCount >= MAX_FILES;
    if (this.#isFull) this.#collector.push({ code: 'XC020', args: [MAX_FILES, name], span });
    return !this.#isFull;
  }

  #tooLarge(place: Word, name: string): void {
    this.#collector.push({ code: 'XC021', args: [MAX_TEXT_BYTES, name], span: place.span });
  }

  #unreadable(place: Word, name: string, result: ReadResult & { ok: false }): void {
    if (result.failure === 'too-large') return this.#tooLarge(place, name);
    this.#collector.push({ code: 'XC012', args: [name], span: place.span, hint: result.system.reason });
  }

  #isTrusted(name: string, status: FileStatus, place?: Word): boolean {
    return isTrusted({ name, status, ...(place && { span: place.span }) }, this.#ports, this.#collector);
  }

  #say(code: DiagnosticCode, place: Word, name: string = place.text): void {
    this.#collector.push({ code, args: [name], span: place.span });
  }

  #absolute(path: string): string {
    const whole = path.startsWith('/') ? path : `${this.#options.baseDirectory}/${path}`;
    return whole.replaceAll(/\/(?:\.?\/)+/gu, '/');
  }
}

/** compat: names with a dot and backup copies are never read, without a word (golden corpus incdir-ok). */
function isReadName(name: string): boolean {
  return !name.includes('.') && !name.endsWith('~');
}
