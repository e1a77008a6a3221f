import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RetryQueue } from '../../src/daemon/retry.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function retryThatFails(times: number): {
  attempts: () => number;
  retry: { attempt: () => boolean; giveUp: () => void };
  gaveUp: () => boolean;
} {
  let attempts = 0;
  let gaveUp = false;
  return {
    attempts: () => attempts,
    gaveUp: () => gaveUp,
    retry: {
      attempt: () => {
        attempts += 1;
        return attempts > times;
      },
      giveUp: () => {
        gaveUp = true;
      },
    },
  };
}

describe('RetryQueue', () => {
  test('tries again until it succeeds', () => {
    const queue = new RetryQueue();
    const { retry, attempts, gaveUp } = retryThatFails(2);
    expect(queue.add(retry)).toBe(true);
    vi.advanceTimersByTime(10_000);
    expect([attempts(), gaveUp(), queue.size]).toEqual([3, false, 0]);
  });

  test('gives up within five seconds', () => {
    const queue = new RetryQueue();
    const { retry, gaveUp } = retryThatFails(Infinity);
    queue.add(retry);
    vi.advanceTimersByTime(5000);
    expect([gaveUp(), queue.size]).toEqual([true, 0]);
  });

  test('tries within a second of relief', () => {
    const queue = new RetryQueue();
    const { retry, attempts } = retryThatFails(Infinity);
    queue.add(retry);
    vi.advanceTimersByTime(1000);
    expect(attempts()).toBeGreaterThanOrEqual(1);
  });

  test('refuses more than it can hold', () => {
    const queue = new RetryQueue();
    const { retry } = retryThatFails(Infinity);
    const taken = Array.from({ length: 1000 }, () => queue.add(retry)).filter(Boolean);
    expect(taken).toHaveLength(512);
  });

  test('gives everything up when abandoned', () => {
    const queue = new RetryQueue();
    const { retry, gaveUp, attempts } = retryThatFails(Infinity);
    queue.add(retry);
    queue.abandon();
    vi.advanceTimersByTime(10_000);
    expect([gaveUp(), attempts()]).toEqual([true, 0]);
  });

  test('keeps no timer when nothing waits', () => {
    const queue = new RetryQueue();
    queue.add(retryThatFails(0).retry);
    vi.advanceTimersByTime(300);
    expect(vi.getTimerCount()).toBe(0);
  });
});
