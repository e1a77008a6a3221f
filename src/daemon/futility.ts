// Servers that end at once without taking what waits for them would be started again for the same request, hundreds of times
// a second. A few such ends in a row are nothing; after that each further one makes the next start wait, longer every time,
// until a server lives or takes something. State without side effects. differs: D81.

const FREE = 5;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;
/** A server that lived so long was of use. */
export const USEFUL_LIFE_MS = 1000;

/** One service's record of ends that were of no use. */
export class Futility {
  #inARow = 0;
  #pauseMs = 0;
  #waiting: ReadonlySet<string> | undefined;

  /** Counts an end that may have been of no use; true when there were too many in a row. */
  suspect(): boolean {
    this.#inARow += 1;
    return this.#inARow >= FREE;
  }

  /** What those who wait now tell, compared with those who waited at the end before: stuck when all of them still do. */
  examine(waiting: ReadonlySet<string>): 'stuck' | 'moving' | 'unknown' {
    const before = this.#waiting;
    this.#waiting = waiting;
    if (before === undefined) return 'unknown';
    return before.size > 0 && [...before].every((peer) => waiting.has(peer)) ? 'stuck' : 'moving';
  }

  /** Milliseconds until the next start. */
  nextPauseMs(): number {
    this.#pauseMs = Math.min(Math.max(this.#pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    return this.#pauseMs;
  }

  /** True while starts are delayed. */
  get isDelaying(): boolean {
    return this.#pauseMs > 0;
  }

  /** A server was of use. */
  forget(): void {
    this.#inARow = 0;
    this.#pauseMs = 0;
    this.#waiting = undefined;
  }
}
