// /etc/hosts.allow and /etc/hosts.deny, and the files that their patterns name: looked at again when a request needs them
// and a second has passed, read again when one has changed, never synchronously. The former tables stay until the new
// ones are whole. When descriptors or memory are short nothing is taken for missing: the former tables stay, too.

import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { HostsTables, HostsText } from '../policy/hosts-access-parse.ts';
import { gatherHosts } from '../policy/hosts-gather.ts';
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
  #loaded: Loaded | undefined;
  #checkedAtMs = -Infinity;
  #checking: Promise<HostsTables> | undefined;

  constructor(options: HostsFilesOptions) {
    this.#options = options;
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
    const { etc = '/etc', people, log } = this.#options;
    const stamps = new Map<string, string>();
    const gathering = gatherHosts(etc, people);
    let step = gathering.next();
    while (step.done !== true) {
      stamps.set(step.value, await stampOf(step.value));
      const text = await this.#read(step.value);
      if (text === 'shortage' && this.#loaded !== undefined) return this.#loaded;
      if (text === 'shortage') stamps.set(step.value, 'to be read again');
      step = gathering.next(text === 'shortage' ? { kind: 'unreadable', reason: 'not enough resources' } : text);
    }
    const { tables, findings } = step.value;
    for (const { place, text } of findings) log('warning', 'libwrap', `${place}: ${text}`);
    return { tables, stamps };
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
