// The soft and hard size of a log file: which line crossed which, and when the log falls silent. Pure.
// The line that crosses the hard limit is still written; after it the log is silent until it is opened again.
// differs: D47, the reference never reports the soft limit, nor a file that is over the hard limit when opened.
// Source: xinetd.conf(5) log_type.

import type { LogTarget } from '../config/attributes/values.ts';

/** The limits of a log file; 0 = none. */
export type SizeBounds = Pick<Extract<LogTarget, { kind: 'file' }>, 'softBytes' | 'hardBytes'>;

/** Counts what a log file holds. */
export class SizeLimit {
  readonly #bounds: SizeBounds;
  #sizeBytes = 0;
  #passed: 'none' | 'soft' | 'hard' = 'none';

  constructor(bounds: SizeBounds) {
    this.#bounds = bounds;
  }

  /** True when nothing more may be written. */
  get isSilent(): boolean {
    return this.#passed === 'hard';
  }

  /** Begins anew with a file as it was found; says which limits it is already over. */
  opened(sizeBytes: number): readonly ('soft' | 'hard')[] {
    this.#sizeBytes = 0;
    this.#passed = 'none';
    return this.add(sizeBytes);
  }

  /** Adds a line; says which limits it crossed, each once. */
  add(bytes: number): readonly ('soft' | 'hard')[] {
    this.#sizeBytes += bytes;
    const { softBytes, hardBytes } = this.#bounds;
    if (softBytes === 0 || this.#sizeBytes <= softBytes) return NOTHING;
    const isOverHard = this.#sizeBytes > hardBytes;
    const crossed = CROSSED[this.#passed][isOverHard ? 'hard' : 'soft'];
    if (crossed.length > 0) this.#passed = isOverHard ? 'hard' : 'soft';
    return crossed;
  }
}

const NOTHING: readonly never[] = [];

/** From the limit passed before to the one passed now. */
const CROSSED = {
  none: { soft: ['soft'], hard: ['soft', 'hard'] },
  soft: { soft: NOTHING, hard: ['hard'] },
  hard: { soft: NOTHING, hard: NOTHING },
} as const;
