// Giving memory back: the resident set falls when the timer fires, and the program goes on as before.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { trimLater } from '../../src/native/binding.ts';

function residentFileKb(): number {
  return Number(/RssFile:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
}

describe('the trim timer', () => {
  test('lowers the resident file pages', async () => {
    const before = residentFileKb();
    trimLater(0);
    await expect.poll(residentFileKb, { interval: 5 }).toBeLessThan(before - 5000);
  });
  test('collects what a busy time has left', async () => {
    const sizes = Array.from({ length: 200 }, () => Array.from({ length: 20_000 }, (_, index) => ({ index })).length);
    const { heapTotal } = process.memoryUsage();
    trimLater(0);
    await expect.poll(() => process.memoryUsage().heapTotal, { interval: 5 }).toBeLessThan(heapTotal);
    expect(sizes).toHaveLength(200);
  });
  test('may be armed again and again', () => {
    for (let i = 0; i < 100; i++) trimLater(1000);
    trimLater(86_400_000);
    expect(() => trimLater(-1)).toThrow(TypeError);
  });
});
