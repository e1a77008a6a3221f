// Waiting for a fact instead of for a time: asks again every 10 ms until the answer is there, and says what never came.

import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 10;

/** Resolves with the first answer that is neither undefined nor false; rejects after `limitMs` with `what`. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() >= deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await pause(POLL_MS);
  }
}
