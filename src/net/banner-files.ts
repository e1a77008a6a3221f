// The files of banners: read when they are needed, remembered for a second, never read synchronously. What cannot be read is
// a value; nothing is logged or thrown here.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { describeErrno } from '../native/binding.ts';

/** What a file has to say. */
export type BannerText =
  | { readonly kind: 'text'; readonly bytes: Uint8Array }
  | { readonly kind: 'missing' }
  /** `reason` as in `Is a directory (errno = 21)`. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** More is cut off. differs: D76. */
export const MOST_BANNER_BYTES = 1024 * 1024;

const FRESH_MS = 1000;
/** Of what is no regular file. */
const PIECE_BYTES = 64 * 1024;

export class BannerFiles {
  readonly #fresh = new Map<string, BannerText>();
  readonly #reading = new Map<string, Promise<BannerText>>();

  /** The contents, if somebody has read the file within the last second. */
  fresh(path: string): BannerText | undefined {
    return this.#fresh.get(path);
  }

  /** The contents now. Never rejects. */
  async current(path: string): Promise<BannerText> {
    const fresh = this.#fresh.get(path);
    if (fresh !== undefined) return fresh;
    const reading = this.#reading.get(path) ?? this.#read(path).finally(() => this.#reading.delete(path));
    this.#reading.set(path, reading);
    return reading;
  }

  async #read(path: string): Promise<BannerText> {
    const text = await readBanner(path);
    this.#fresh.set(path, text);
    setTimeout(() => this.#fresh.delete(path), FRESH_MS).unref();
    return text;
  }
}

/** Not blocking on a FIFO. */
async function readBanner(path: string): Promise<BannerText> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  const handle = await open(Buffer.from(path, 'latin1'), flags).catch(() => undefined);
  if (handle === undefined) return { kind: 'missing' };
  try {
    return { kind: 'text', bytes: await contentsOf(handle) };
  } catch (error) {
    return { kind: 'unreadable', reason: reasonOf(error) };
  } finally {
    await handle.close().catch(() => {});
  }
}

async function contentsOf(handle: FileHandle): Promise<Uint8Array> {
  const stats = await handle.stat();
  const length = stats.isFile() ? Math.min(stats.size, MOST_BANNER_BYTES) : PIECE_BYTES;
  if (length === 0) return new Uint8Array();
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, null);
  return buffer.subarray(0, bytesRead);
}

function reasonOf(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error ? Math.abs(Number(error.errno)) : 0;
  return describeErrno(errno);
}
