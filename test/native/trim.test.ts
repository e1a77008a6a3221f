// Giving memory back: the resident set falls when the timer fires, and the program goes on as before.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { trimLater, trimNow } from '../../src/native/binding.ts';

function residentFileKb(): number {
  return Number(/RssFile:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
}

/** Leaves a heap with much garbage behind; says how large it is. */
function workHard(): number {
  const sizes = Array.from({ length: 200 }, () => Array.from({ length: 20_000 }, (_, index) => ({ index })).length);
  expect(sizes).toHaveLength(200);
  return process.memoryUsage().heapTotal;
}

/** Lets the timer fire. */
async function rest(): Promise<void> {
  const heapTotal = workHard();
  trimLater(0);
  await expect.poll(() => process.memoryUsage().heapTotal, { interval: 5 }).toBeLessThan(heapTotal);
}

describe('memory', () => {
  test('of resident file pages is given back', async () => {
    const before = residentFileKb();
    trimLater(0);
    await expect.poll(residentFileKb, { interval: 5 }).toBeLessThan(before - 5000);
  });

  test('that a busy time has left is collected', rest);

  test('is given back at once when nobody waits, and once more later', async () => {
    await rest();
    const atOnce = workHard();
    trimNow(1e9, 10);
    expect(process.memoryUsage().heapTotal).toBeLessThan(atOnce);
    const later = workHard();
    await expect.poll(() => process.memoryUsage().heapTotal, { interval: 5 }).toBeLessThan(later);
  });

  test('is not given back at once while there is work', () => {
    trimLater(60_000);
    const before = workHard();
    trimNow(1e9, 0);
    expect(process.memoryUsage().heapTotal).toBeGreaterThanOrEqual(before);
  });

  test('is not given back at once when there is too much of it', async () => {
    await rest();
    const before = workHard();
    trimNow(1, 60_000);
    expect(process.memoryUsage().heapTotal).toBeGreaterThanOrEqual(before);
  });

  test('may be waited for again and again', () => {
    for (let i = 0; i < 100; i++) trimLater(1000);
    trimLater(86_400_000);
    expect(() => trimLater(-1)).toThrow(TypeError);
    expect(() => trimNow(-1, 0)).toThrow(TypeError);
  });
});
