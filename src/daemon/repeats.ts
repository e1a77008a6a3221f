// Refused datagrams of one sender fill no log: the same sender again within a minute leaves no further line.
// Only for services answered inside the daemon, and only the last sender that was written down is remembered.
// compat: spec section 5.4, last paragraph.

import type { Source } from '../policy/source.ts';

const QUIET_MS = 60_000;

/** The sender whose refusal was written last. */
export class LastRefused {
  #text = '';
  #port = -1;
  #atMs = -Infinity;

  /** True for a repetition that is not to be written; otherwise this sender is the last one from now on. */
  isRepeated({ text, port }: Source, nowMs: number): boolean {
    if (text === this.#text && port === this.#port && nowMs - this.#atMs < QUIET_MS) return true;
    this.#text = text;
    this.#port = port;
    this.#atMs = nowMs;
    return false;
  }
}
