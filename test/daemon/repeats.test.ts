import { describe, expect, test } from 'vitest';
import { LastRefused } from '../../src/daemon/repeats.ts';
import { ipv4 } from '../policy/facts.ts';

const ONE = ipv4('192.0.2.1');
const OTHER_PORT = { ...ONE, port: 7 };

describe('a refused sender', () => {
  test('is repeated within a minute of its line', () => {
    const last = new LastRefused();
    expect([0, 1, 59_999, 60_000, 60_001].map((nowMs) => last.isRepeated(ONE, nowMs))).toEqual([
      false,
      true,
      true,
      false,
      true,
    ]);
  });

  test('is another one with another port', () => {
    const last = new LastRefused();
    expect([ONE, OTHER_PORT, ONE].map((source) => last.isRepeated(source, 0))).toEqual([false, false, false]);
  });
});
