import { describe, expect, test } from 'vitest';
import { NO_RATE } from '../../src/policy/cps.ts';
import type { RateState } from '../../src/policy/cps.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Decision } from '../../src/policy/decide.ts';
import { requestWith, serviceWith, spanAt } from './facts.ts';

/** Decides for one request after another at the given seconds; returns every decision. */
function ask(connections: number, seconds: readonly number[], start: RateState = NO_RATE): readonly Decision[] {
  const decisions: Decision[] = [];
  let rate = start;
  for (const second of seconds) {
    const decision = decide(requestWith({ cps: { connections, waitSeconds: 30 } }, { nowMs: second * 1000, rate }));
    decisions.push(decision);
    rate = decision.rate;
  }
  return decisions;
}

function kinds(decisions: readonly Decision[]): string {
  return decisions.map(({ verdict }) => (verdict.kind === 'allow' ? '+' : '-')).join('');
}

describe('cps', () => {
  test('refuses the request after the rate in one second', () => {
    expect(kinds(ask(3, [0, 0, 0, 0]))).toBe('+++-');
  });

  test('counts a request once that was put off', () => {
    const [first] = ask(1, [0]);
    const facts = { nowMs: 0, rate: first?.rate ?? NO_RATE, isCounted: true };
    const { verdict, rate } = decide(requestWith({ cps: { connections: 1, waitSeconds: 30 } }, facts));
    expect([verdict.kind, rate]).toEqual(['allow', first?.rate]);
  });

  test('does not trip again for a request that was put off', () => {
    const facts = { nowMs: 0, rate: { count: 9, windowStartSecond: 0 }, isCounted: true };
    expect(decide(requestWith({ cps: { connections: 1, waitSeconds: 30 } }, facts)).verdict.kind).toBe('allow');
  });

  test('takes the first second as whole', () => {
    expect(kinds(ask(2, [0, 1, 1]))).toBe('++-');
    expect(kinds(ask(4, [0, 0, 0, 0, 1, 1]))).toBe('++++--');
  });

  test('averages over the seconds of the window', () => {
    expect(kinds(ask(4, [0, 0, 0, 0, 2, 2, 2, 2, 2, 2]))).toBe('+++++++++-');
  });

  test('begins a new window after as many seconds as the rate', () => {
    const decisions = ask(3, [10, 10, 10, 13]);
    expect(kinds(decisions)).toBe('++++');
    expect(decisions.at(-1)?.rate).toEqual({ count: 1, windowStartSecond: 13 });
  });

  test('says for how long the service goes off', () => {
    expect(ask(1, [5, 5]).at(-1)?.verdict).toMatchObject({
      reason: 'connections per second',
      by: 'cps',
      disableSeconds: 30,
      notes: [],
    });
  });

  test('is off at zero', () => {
    const decisions = ask(0, [0, 0, 0, 0]);
    expect(kinds(decisions)).toBe('++++');
    expect(decisions.at(-1)?.rate).toBe(NO_RATE);
  });

  test('survives a clock that goes back', () => {
    expect(kinds(ask(2, [100, 50, 50]))).toBe('++-');
  });

  test('points at its own rule', () => {
    const service = serviceWith(
      { cps: { connections: 1, waitSeconds: 1 } },
      { cps: { from: 'defaults', span: spanAt(4) } },
    );
    const rate = { count: 1, windowStartSecond: 1000 };
    expect(decide(requestWith({}, { service, rate })).verdict).toMatchObject({ rule: spanAt(4) });
  });
});
