// Who has called a service lately: one bucket a source, the latest callers only. State without side effects.
// A source that is forgotten begins with a full bucket, so that no number of sources fills the memory.

import type { Bucket } from '../policy/source-rate.ts';

/** As many sources as are remembered for one service. */
export const SOURCES_REMEMBERED = 4096;

/** The buckets of a service's callers. */
export class SourceBuckets {
  readonly #buckets = new Map<string, Bucket>();

  /** undefined for one who has not called lately. */
  of(network: string): Bucket | undefined {
    return this.#buckets.get(network);
  }

  /** Remembers a bucket; the source that has been silent for longest is forgotten for it. */
  set(network: string, bucket: Bucket): void {
    this.#buckets.delete(network);
    this.#buckets.set(network, bucket);
    if (this.#buckets.size <= SOURCES_REMEMBERED) return;
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      return;
    }
  }

  get size(): number {
    return this.#buckets.size;
  }
}
