// /etc/hosts.allow and /etc/hosts.deny, and the files that their patterns name: looked at again when a request needs them
// and a second has passed, read again when one has changed, never synchronously. The former tables stay until the new
// ones are whole. When descriptors or memory are short nothing is taken for missing: the former tables stay, too.

import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import {
  MOST_LISTS,
  asksForServer,
  listsNamedIn,
  parseHostList,
  parseHostsTable,
  wordsOf,
} from '../policy/hosts-access-parse.ts';
import type { HostsTable, HostsTables, HostsText } from '../policy/hosts-access-parse.ts';
import type { IdPorts } from '../policy/hosts-options.ts';
import type { Premises } from './premises.ts';

export interface HostsFilesOptions {
  readonly nowMs: () => number;
  readonly log: Premises['log'];
  /** Users and groups; looked up while the files are read. */
  readonly people: IdPorts;
  readonly strerror: (errno: number) => string;
  /** Where the two files are. */
  readonly etc?: string;
}

const FRESH_MS = 1000;
const MAX_BYTES = 16 * 1024 * 1024;
/** The machine is short of something: ENOMEM, ENFILE, EMFILE. */
const SHORTAGES = ['ENOMEM', 'ENFILE', 'EMFILE'];

/** The tables with what they were read from. */
interface Loaded {
  readonly tables: HostsTables;
  readonly stamps: ReadonlyMap<string, string>;
}

/** The wrappers' files as they are now. */
export class HostsFiles {
  readonly #options: HostsFilesOptions;
  readonly #allowPath: string;
  readonly #denyPath: string;
  #loaded: Loaded | undefined;
  #checkedAtMs = -Infinity;
  #checking: Promise<HostsTables> | undefined;

  constructor(options: HostsFilesOptions) {
    const { etc = '/etc' } = options;
    this.#options = options;
    this.#allowPath = `${etc}/hosts.allow`;
    this.#denyPath = `${etc}/hosts.deny`;
  }

  /** Whether somebody has looked at the files within the last second. */
  isFresh(nowMs: number): boolean {
    return nowMs - this.#checkedAtMs < FRESH_MS;
  }

  /** The tables as they were when somebody last looked. */
  get latest(): HostsTables | undefined {
    return this.#loaded?.tables;
  }

  /** The tables now. Never rejects. */
  async current(): Promise<HostsTables> {
    if (this.#loaded !== undefined && this.isFresh(this.#options.nowMs())) return this.#loaded.tables;
    this.#checking ??= this.#check().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  async #check(): Promise<HostsTables> {
    const before = this.#loaded;
    const isChanged = before === undefined || (await this.#hasChanged(before));
    const loaded = isChanged ? await this.#load() : before;
    this.#checkedAtMs = this.#options.nowMs();
    this.#loaded = loaded;
    return loaded.tables;
  }

  async #hasChanged({ stamps }: Loaded): Promise<boolean> {
    const now = await Promise.all([...stamps].map(async ([path, stamp]) => (await stampOf(path)) === stamp));
    return now.includes(false);
  }

  /** Stamps are taken before reading, so that what changes meanwhile is read again. */
  async #load(): Promise<Loaded> {
    const stamps = new Map<string, string>();
    const texts: HostsText[] = [];
    for (const path of [this.#allowPath, this.#denyPath]) {
      stamps.set(path, await stampOf(path));
      const text = await this.#read(path);
      if (text === 'shortage' && this.#loaded !== undefined) return this.#loaded;
      texts.push(text === 'shortage' ? { kind: 'unreadable', reason: 'not enough resources' } : text);
    }
    const { people } = this.#options;
    const [allowText = MISSING, denyText = MISSING] = texts;
    const allow = parseHostsTable(this.#allowPath, allowText, people);
    const deny = parseHostsTable(this.#denyPath, denyText, people);
    const lists = await this.#readLists([...wordsOf(allow), ...wordsOf(deny)], stamps);
    if (lists === undefined) return this.#loaded ?? { tables: CLOSED, stamps };
    this.#report([allow, deny]);
    return { tables: { allow, deny, lists, isServerAsked: asksForServer([allow, deny]) }, stamps };
  }

  /** Undefined when the machine is too short of something to tell. */
  async #readLists(words: readonly string[], stamps: Map<string, string>): Promise<HostsTables['lists'] | undefined> {
    const lists = new Map<string, readonly string[]>();
    const wanted = new Set(listsNamedIn(words));
    let looked = 0;
    for (const path of wanted) {
      looked += 1;
      if (looked > MOST_LISTS) {
        this.#doubt(path, 'too many files');
        break;
      }
      stamps.set(path, await stampOf(path));
      const text = await this.#read(path);
      if (text === 'shortage') return undefined;
      if (text.kind === 'unreadable') {
        this.#doubt(path, text.reason);
        continue;
      }
      const found = text.kind === 'text' ? parseHostList(text.text) : [];
      lists.set(path, found);
      for (const further of listsNamedIn(found)) wanted.add(further);
    }
    return lists;
  }

  #doubt(path: string, reason: string): void {
    this.#options.log('warning', 'libwrap', `${path}: cannot open: ${reason}; nobody knows whom it means`);
  }

  #report(tables: readonly HostsTable[]): void {
    for (const { place, text } of tables.flatMap(({ findings }) => findings)) {
      this.#options.log('warning', 'libwrap', `${place}: ${text}`);
    }
  }

  /** A FIFO or a device is not waited for. */
  async #read(path: string): Promise<HostsText | 'shortage'> {
    const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
    try {
      const handle = await open(Buffer.from(path, 'latin1'), flags);
      try {
        const stats = await handle.stat();
        if (!stats.isFile() || stats.size > MAX_BYTES) return { kind: 'unreadable', reason: 'not a regular file' };
        return { kind: 'text', text: await handle.readFile('latin1') };
      } finally {
        await handle.close();
      }
    } catch (error) {
      const { code, errno } = failureOf(error);
      if (code === 'ENOENT') return MISSING;
      if (SHORTAGES.includes(code)) return 'shortage';
      return { kind: 'unreadable', reason: this.#options.strerror(Math.abs(errno)) };
    }
  }
}

const MISSING: HostsText = { kind: 'missing' };

const BROKEN: HostsTable = { path: 'hosts.deny', rules: [], isBroken: true, findings: [] };
/** What nobody passes. */
const CLOSED: HostsTables = { allow: BROKEN, deny: BROKEN, lists: new Map(), isServerAsked: false };

/** Which file it is and how it has last changed; why it cannot be looked at. */
async function stampOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(Buffer.from(path, 'latin1'), { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return failureOf(error).code;
  }
}

function failureOf(error: unknown): { readonly code: string; readonly errno: number } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const errno = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : 22;
  return { code, errno };
}
