// What the daemon intends to do: wishes are noted whenever they come, the same one twice is one, and carried out between
// events, one after the other, in the order of `INTENTION_ORDER`, never nested.

import { INTENTION_ORDER } from './signals.ts';
import type { Intention } from './signals.ts';

/** The daemon's open wishes. */
export class Agenda {
  readonly #carryOut: (intention: Intention) => Promise<void>;
  readonly #pending = new Set<Intention>();
  #isActing = true;

  constructor(carryOut: (intention: Intention) => Promise<void>) {
    this.#carryOut = carryOut;
  }

  /** Nothing is carried out before this. */
  async begin(): Promise<void> {
    this.#isActing = false;
    await this.#act();
  }

  /** Notes what is wanted. */
  readonly intend = (intention: Intention): void => {
    this.#pending.add(intention);
    void this.#act();
  };

  /** Nothing more is wanted than what is being done. */
  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }

  async #act(): Promise<void> {
    if (this.#isActing) return;
    this.#isActing = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#pending.delete(next);
      await this.#carryOut(next);
    }
    this.#isActing = false;
  }

  #next(): Intention | undefined {
    return INTENTION_ORDER.find((intention) => this.#pending.has(intention));
  }
}
