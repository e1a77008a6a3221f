// The bans now in force: exact addresses, each with its end, in a table of bounded size. State without side effects:
// time comes in, and nobody is told; `ban-keeper.ts` is its owner.
// differs: D54, an IPv4 address is one address whatever the socket, no address stands for its network, and a caller
// that comes again is banned anew.
// Source: spec section 5.6; see also policy/sensor.ts.

import type { BanBook } from '../policy/sensor.ts';
import type { Source } from '../policy/source.ts';

/** One banned address. */
export interface Ban {
  /** Plain: IPv4 without the mapping prefix. */
  readonly address: string;
  /** On the clock that never jumps; Infinity = FOREVER. */
  readonly untilMs: number;
}

/** As many as the reference's list holds. */
export const BAN_CAPACITY = 10_240;

/** The table of bans. */
export class BanList implements BanBook {
  readonly #untilMs = new Map<string, number>();

  /** True while the address is banned; its end is exact, whenever `expire` is called. */
  readonly isBanned = (source: Pick<Source, 'plain'>, nowMs: number): boolean => {
    const untilMs = this.#untilMs.get(source.plain);
    return untilMs !== undefined && nowMs < untilMs;
  };

  /** Bans an address or prolongs its ban, which is never made shorter. False: the table is full. */
  readonly ban = ({ plain }: Pick<Source, 'plain'>, untilMs: number): boolean => {
    const known = this.#untilMs.get(plain);
    if (known === undefined && this.#untilMs.size >= BAN_CAPACITY) return false;
    this.#untilMs.set(plain, Math.max(known ?? 0, untilMs));
    return true;
  };

  /** Forgets the bans that have ended and says how many. */
  readonly expire = (nowMs: number): number => {
    const before = this.#untilMs.size;
    for (const [address, untilMs] of this.#untilMs) if (nowMs >= untilMs) this.#untilMs.delete(address);
    return before - this.#untilMs.size;
  };

  /** Ends a ban early; false when there was none. */
  lift(address: string): boolean {
    return this.#untilMs.delete(address);
  }

  /** When an address is free again; undefined when it is not banned. */
  endOf(address: string): number | undefined {
    return this.#untilMs.get(address);
  }

  /** All of them, the oldest first; a copy. */
  all(): readonly Ban[] {
    return [...this.#untilMs].map(([address, untilMs]) => ({ address, untilMs }));
  }

  /** When the next ban ends; Infinity when none does. */
  get nextEndMs(): number {
    let next = Infinity;
    for (const untilMs of this.#untilMs.values()) next = Math.min(next, untilMs);
    return next;
  }

  get size(): number {
    return this.#untilMs.size;
  }
}
