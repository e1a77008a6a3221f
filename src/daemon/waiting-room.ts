// Connections that are held until what their verdict hangs on is known: bounded in number, and counted like running servers, so
// that waiting is no way around a limit. State without side effects.

import { Children } from '../launch/children.ts';

/** The most that wait at a time, where descriptors abound. */
const MOST_WAITING = 512;
/** No more than this part of all descriptors. */
const SHARE = 4;

export class WaitingRoom {
  readonly #seats: number;
  readonly #waiting = new Children<undefined>();
  #taken = 0;

  constructor(maxDescriptors: number) {
    this.#seats = Math.min(MOST_WAITING, Math.floor(maxDescriptors / SHARE));
  }

  /** Counts a connection until the returned function is called; undefined when nobody more may wait. */
  enter(serviceKey: string, source: string): (() => void) | undefined {
    if (this.#taken >= this.#seats) return undefined;
    this.#taken += 1;
    const leave = this.count(serviceKey, source);
    return () => {
      if (leave()) this.#taken -= 1;
    };
  }

  /** The same without a seat, for those whose number is bounded elsewhere; the returned function says whether it was the first call. */
  count(serviceKey: string, source: string): () => boolean {
    const seat = { pid: 0, isInProcess: true, serviceId: serviceKey, source, startedAtMs: 0, detail: undefined };
    this.#waiting.add(seat);
    return () => this.#waiting.remove(seat);
  }

  /** Those of all services. */
  get total(): number {
    return this.#waiting.total;
  }

  countOf(serviceKey: string): number {
    return this.#waiting.countOf(serviceKey);
  }

  countFrom(serviceKey: string, source: string): number {
    return this.#waiting.countFrom(serviceKey, source);
  }
}
