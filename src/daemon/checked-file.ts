// What a small file of /etc says now: read again when the file has changed, looked at no more than once a second,
// and never synchronously. A file that is missing, no regular file or far too large counts as empty. Throws nothing.

import { constants } from 'node:fs';
import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

const FRESH_MS = 1000;
const MAX_BYTES = 16 * 1024 * 1024;
const EMPTY = 'empty';

export class CheckedFile<Value> {
  readonly #path: string;
  readonly #parse: (text: string) => Value;
  readonly #nowMs: () => number;
  #read: { readonly stamp: string; readonly value: Value } | undefined;
  #checkedAtMs = -Infinity;
  #checking: Promise<Value> | undefined;

  /** `parse` is given a byte string. */
  constructor(path: string, parse: (text: string) => Value, nowMs: () => number) {
    this.#path = path;
    this.#parse = parse;
    this.#nowMs = nowMs;
  }

  /** The value, if the file was looked at within the last second. */
  get fresh(): Value | undefined {
    return this.#nowMs() - this.#checkedAtMs < FRESH_MS ? this.#read?.value : undefined;
  }

  /** The value now; the same object as before where the file has not changed. */
  async current(): Promise<Value> {
    const { fresh } = this;
    if (fresh !== undefined) return fresh;
    this.#checking ??= this.#check().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  async #check(): Promise<Value> {
    const handle = await this.#open();
    try {
      const stats = await handle?.stat();
      const isReadable = stats?.isFile() === true && stats.size <= MAX_BYTES;
      const stamp = isReadable ? stampOf(stats) : EMPTY;
      if (this.#read?.stamp !== stamp) {
        const text = isReadable ? ((await handle?.readFile('latin1')) ?? '') : '';
        this.#read = { stamp, value: this.#parse(text) };
      }
    } catch {
      this.#read = { stamp: EMPTY, value: this.#parse('') };
    } finally {
      await handle?.close().catch(() => {});
    }
    this.#checkedAtMs = this.#nowMs();
    return this.#read.value;
  }

  /** Not blocking on a FIFO; undefined where there is nothing to open. */
  async #open(): Promise<FileHandle | undefined> {
    return open(this.#path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY).catch(() => undefined);
  }
}

function stampOf({ dev, ino, size, mtimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs].join(' ');
}
