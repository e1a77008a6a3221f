// `banner`, `banner_success` and `banner_fail`: sending the file's text to a caller. What the connection takes at once goes
// out at once; the rest follows as the caller reads, for a bounded time and with a bounded number of slow callers, of whom
// the one that has been waited for the longest has to go. Nobody else waits. Nothing is logged here.

import { sendNow, setBlocking } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import { BannerFiles } from './banner-files.ts';
import type { BannerText } from './banner-files.ts';
import { watchOrNothing } from './watch.ts';

/** `slow`: there was no time left for this caller; `gone`: the connection is broken. */
export type BannerEnd = 'sent' | 'slow' | 'gone';

/** What is sent on which connection; the descriptor stays the caller's. */
export interface Greeting {
  readonly fd: number;
  /** Goes before the file. */
  readonly preface?: Uint8Array;
  readonly path: string | undefined;
}

/** What the sender hears of. */
export interface GreetingEvents {
  /** The file is not there or cannot be read: the greeting goes on without it. */
  readonly onTrouble: (text: Exclude<BannerText, { kind: 'text' }>) => void;
  /** Called once, at once where nothing is to be waited for. */
  readonly onEnd: (end: BannerEnd) => void;
}

export interface BannerOptions {
  /** For reading and sending together. */
  readonly limitMs?: number;
  /** Slow callers at a time. */
  readonly most?: number;
}

const LIMIT_MS = 10_000;
const MOST_SLOW = 512;
/** At a time, so that hundreds of callers with long banners do not keep the loop from the others. */
const PIECE_BYTES = 4 * 1024;
/** At first: most banners are whole then. */
const FIRST_BYTES = 16 * 1024;
const NOTHING = new Uint8Array();

/** Sends banners. */
export class Banners {
  /** Remembered for a second, also for others who send banners. */
  readonly files = new BannerFiles();
  readonly #limitMs: number;
  readonly #most: number;
  /** Those who are waited for, oldest first; calling one gives it up. */
  readonly #slow = new Set<() => void>();

  constructor({ limitMs = LIMIT_MS, most = MOST_SLOW }: BannerOptions = {}) {
    this.#limitMs = limitMs;
    this.#most = most;
  }

  /** How many callers are waited for. */
  get waiting(): number {
    return this.#slow.size;
  }

  /** Sends preface and file. */
  send(greeting: Greeting, events: GreetingEvents): void {
    const { fd, path, preface = NOTHING } = greeting;
    const text = path === undefined ? ({ kind: 'text', bytes: NOTHING } as const) : this.files.fresh(path);
    if (text !== undefined) return this.#sendBytes(fd, together(preface, text, events), events.onEnd);
    const visit = this.#await(events.onEnd);
    void this.files.current(path ?? '').then((read) => {
      if (visit.leave()) this.#sendBytes(fd, together(preface, read, events), events.onEnd);
    });
  }

  #sendBytes(fd: number, bytes: Uint8Array, onEnd: GreetingEvents['onEnd']): void {
    const left = sendSome(fd, bytes, FIRST_BYTES);
    if (left === undefined) return onEnd('gone');
    if (left.length === 0) return onEnd('sent');
    this.#sendRest(fd, left, onEnd);
  }

  #sendRest(fd: number, bytes: Uint8Array, onEnd: GreetingEvents['onEnd']): void {
    let left: Uint8Array | undefined = bytes;
    const finish = (end: BannerEnd): void => {
      watch?.close();
      setBlocking(fd, true);
      onEnd(end);
    };
    const watch = watchOrNothing(fd, () => {
      left = sendSome(fd, left ?? NOTHING, PIECE_BYTES);
      if (left !== undefined && left.length > 0) return;
      if (visit.leave()) finish(left === undefined ? 'gone' : 'sent');
    });
    if (watch === undefined) return onEnd('gone');
    const visit = this.#await(finish);
    watch.want(false, true);
  }

  /** Waits for a caller; `leave` says whether it was in time. Past the limit `onEnd` is told so. */
  #await(onEnd: GreetingEvents['onEnd']): { readonly leave: () => boolean } {
    const [oldest] = this.#slow.size >= this.#most ? this.#slow : [];
    oldest?.();
    const giveUp = (): void => {
      if (leave()) onEnd('slow');
    };
    const leave = (): boolean => {
      clearTimeout(timer);
      return this.#slow.delete(giveUp);
    };
    const timer = setTimeout(giveUp, this.#limitMs);
    this.#slow.add(giveUp);
    return { leave };
  }
}

function together(preface: Uint8Array, text: BannerText, { onTrouble }: GreetingEvents): Uint8Array {
  if (text.kind !== 'text') onTrouble(text);
  const bytes = text.kind === 'text' ? text.bytes : NOTHING;
  return preface.length === 0 ? bytes : Buffer.concat([preface, bytes]);
}

/** Sends one piece and says what is left; undefined where the connection is broken. */
function sendSome(fd: number, bytes: Uint8Array, most: number): Uint8Array | undefined {
  try {
    return bytes.length === 0 ? bytes : bytes.subarray(sendNow(fd, bytes.subarray(0, most)));
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}
