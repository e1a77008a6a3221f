// Launches that the kernel refused for the moment (no processes, no memory): tried again a few times, then given up.
// Bounded in number and time, so that nobody is held for long. Source: spec section 6.7.
// Differs: the reference tries every 5 s and holds clients for 20 s.

const PAUSE_MS = 250;
const ATTEMPTS = 16;
const MOST_WAITING = 512;

/** One launch to be tried again. */
export interface Retry {
  /** True when it succeeded or needs no more tries. */
  readonly attempt: () => boolean;
  readonly giveUp: () => void;
}

/** The launches waiting for better times, oldest first, on one timer. */
export class RetryQueue {
  #waiting: { readonly retry: Retry; attemptsLeft: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** False when too many wait already: the caller gives up at once. */
  add(retry: Retry): boolean {
    if (this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push({ retry, attemptsLeft: ATTEMPTS });
    this.#timer ??= setInterval(() => this.#round(), PAUSE_MS);
    return true;
  }

  /** Gives up what waits. */
  abandon(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#stopIfIdle();
    for (const { retry } of waiting) retry.giveUp();
  }

  get size(): number {
    return this.#waiting.length;
  }

  #round(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const entry of waiting) {
      if (entry.retry.attempt()) continue;
      entry.attemptsLeft -= 1;
      if (entry.attemptsLeft > 0) this.#waiting.push(entry);
      else entry.retry.giveUp();
    }
    this.#stopIfIdle();
  }

  #stopIfIdle(): void {
    if (this.#waiting.length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
