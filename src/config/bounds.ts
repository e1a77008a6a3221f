// How large a configuration may be. Generous for any real one (35 000 services, 20 000 files), and small
// enough that a log file, a disk image or a directory that includes itself cannot exhaust memory or time.
// Pure.

/** Files of one configuration, the main file included. */
export const MAX_FILES = 20_000;

/** How deep includes may be nested. */
export const MAX_INCLUDE_DEPTH = 16;

/** Text of all files together; one file of this size is already refused by `ports.readFile`. */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** Attributes of one entry. */
export const MAX_ASSIGNMENTS = 10_000;

/** What an entry and a finding cost in words, as they take memory too. */
const WORDS_PER_ENTRY = 8;
const WORDS_PER_FINDING = 50;

/** How many words, entries and findings one configuration may have; shared by the parsers of all its files. */
export class WordBudget {
  readonly limit: number;
  #left: number;

  constructor(limit = 1_000_000) {
    this.limit = limit;
    this.#left = limit;
  }

  get isExhausted(): boolean {
    return this.#left < 0;
  }

  spendWords(count: number): void {
    this.#left -= count;
  }

  spendEntry(): void {
    this.#left -= WORDS_PER_ENTRY;
  }

  spendFinding(): void {
    this.#left -= WORDS_PER_FINDING;
  }
}
