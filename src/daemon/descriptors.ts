// How many descriptors are left for listening. Some are kept back: a daemon that has used its last one can neither
// accept a connection nor write its log. Source: spec section 4.4 (descriptor budget).

/** Kept for accepted connections, logs and the run time. */
export const RESERVED_DESCRIPTORS = 8;

/** Counts the descriptors of listening services against the limit of the process. */
export class DescriptorBudget {
  readonly #limit: number;
  #used: number;

  /** `used`: those open before the first service. */
  constructor(limit: number, used: number) {
    this.#limit = limit;
    this.#used = used;
  }

  /** Descriptors that services may still take. */
  get free(): number {
    return Math.max(this.#limit - RESERVED_DESCRIPTORS - this.#used, 0);
  }

  take(): void {
    this.#used += 1;
  }

  give(): void {
    this.#used -= 1;
  }
}
