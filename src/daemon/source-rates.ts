// Who has called a service lately, and how often: the latest sources only. State without side effects.
// A source that is forgotten begins anew, so that no number of sources fills the memory.

import type { RateState } from '../policy/cps.ts';

/** As many sources as are remembered for one service. */
export const SOURCES_REMEMBERED = 4096;

/** The rates of a service's callers. */
export class SourceRates {
  readonly #rates: Map<string, RateState>;

  /** What is known already, the longest silent first. */
  constructor(rates: Iterable<readonly [string, RateState]> = []) {
    this.#rates = new Map(rates);
  }

  /** Everything remembered, the longest silent first. */
  entries(): Iterable<[string, RateState]> {
    return this.#rates.entries();
  }

  /** undefined for one who has not called lately. */
  of(network: string): RateState | undefined {
    return this.#rates.get(network);
  }

  /** Remembers a rate; the source that has been silent for longest is forgotten for it. */
  set(network: string, rate: RateState): void {
    this.#rates.delete(network);
    this.#rates.set(network, rate);
    if (this.#rates.size <= SOURCES_REMEMBERED) return;
    for (const oldest of this.#rates.keys()) {
      this.#rates.delete(oldest);
      return;
    }
  }

  get size(): number {
    return this.#rates.size;
  }
}
