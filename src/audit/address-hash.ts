// Marks that stand for addresses in a log: the same address has the same mark for one day (UTC) of one daemon's life. The key
// is random, never leaves memory and is thrown away at midnight, so that nobody can try out addresses later on.

/** Makes marks such as `#9f86d081884c7d65`. */
export class AddressHash {
  readonly #nowMs: () => number;
  #day = Number.NaN;
  #key: Uint8Array = new Uint8Array();

  /** `nowMs`: wall clock. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  readonly of = (plainAddress: string): string => {
    // Loaded when a log asks for it: most do not, and it would cost every start some milliseconds.
    const { createHmac, randomBytes } = process.getBuiltinModule('node:crypto');
    const day = Math.floor(this.#nowMs() / DAY_MS);
    if (day !== this.#day) this.#key = randomBytes(32);
    this.#day = day;
    return `#${createHmac('sha256', this.#key).update(plainAddress).digest('hex').slice(0, 16)}`;
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;
