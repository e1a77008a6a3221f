import { describe, expect, test } from 'vitest';
import type { ServiceConfig } from '../../src/config/service-config.ts';
import { NO_RATE } from '../../src/policy/cps.ts';
import type { RateState } from '../../src/policy/cps.ts';
import { decide } from '../../src/policy/decide.ts';
import { connectionsLeft, sourceNetwork } from '../../src/policy/source-rate.ts';
import { ipv4, ipv6, mapped, requestWith, serviceWith, spanAt } from './facts.ts';

const CPS = { cps: { connections: 10, waitSeconds: 5 }, per_source_cps: 2 };
const USED_UP = { count: 2, windowStartSecond: 1000 };

/** Requests of one source at these seconds; says which were allowed, and what the service counted. */
function callsAt(
  seconds: readonly number[],
  config: Partial<ServiceConfig>,
): { readonly allowed: readonly boolean[]; readonly counted: number } {
  let rate: RateState = NO_RATE;
  let sourceRate: RateState | undefined;
  const allowed = seconds.map((second) => {
    const decision = decide(requestWith(config, { nowMs: second * 1000, rate, sourceRate }));
    ({ rate } = decision);
    sourceRate = decision.sourceRate ?? sourceRate;
    return decision.verdict.kind === 'allow';
  });
  return { allowed, counted: rate.count };
}

describe('per_source_cps', () => {
  test('lets a source have its share and no more', () => {
    expect(callsAt([100, 100, 100, 100], CPS)).toEqual({ allowed: [true, true, false, false], counted: 2 });
  });

  test('measures the share as cps measures', () => {
    const { allowed } = callsAt([100, 100, 101, 102, 102, 102, 102], CPS);
    expect(allowed).toEqual([true, true, false, true, true, true, false]);
  });

  test('begins anew with the window of cps', () => {
    expect(callsAt([100, 100, 100, 110, 110, 110], CPS).allowed).toEqual([true, true, false, true, true, false]);
  });

  test('has a window of its own where cps is off', () => {
    const config = { cps: { connections: 0, waitSeconds: 5 }, per_source_cps: 2 };
    expect(callsAt([100, 100, 100, 102, 102, 102], config).allowed).toEqual([true, true, false, true, true, false]);
  });

  test('names the attribute and leaves the service up', () => {
    const origins = { per_source_cps: { from: 'service', span: spanAt(7) } } as const;
    const service = serviceWith(CPS, origins);
    const rate = { count: 2, windowStartSecond: 1000 };
    expect(decide(requestWith({}, { service, rate, sourceRate: USED_UP })).verdict).toEqual({
      kind: 'deny',
      reason: 'connections per second',
      by: 'per_source_cps',
      stage: 'before-fork',
      rule: spanAt(7),
      notes: [],
    });
  });

  test('leaves the rest of cps to others, however long the flood', () => {
    const config = { ...CPS, per_source_cps: 9 };
    const flood = Array.from({ length: 5000 }, (_, call) => 100 + call / 1000);
    let rate: RateState = NO_RATE;
    let sourceRate: RateState | undefined;
    for (const second of flood) {
      const decision = decide(requestWith(config, { nowMs: second * 1000, rate, sourceRate }));
      ({ rate } = decision);
      sourceRate = decision.sourceRate ?? sourceRate;
      const other = requestWith(config, { nowMs: second * 1000, rate, source: ipv4('192.0.2.9') });
      expect(decide(other).verdict.kind).toBe('allow');
    }
  });

  test('counts a request once whose name came later', () => {
    const rate = { count: 2, windowStartSecond: 1000 };
    const decision = decide(requestWith(CPS, { rate, sourceRate: USED_UP, isCounted: true }));
    expect(decision).toMatchObject({ verdict: { kind: 'allow' }, sourceRate: undefined });
  });

  test('counts neither datagrams nor unknown sources', () => {
    const facts = { rate: USED_UP, sourceRate: USED_UP };
    const datagram = requestWith({ ...CPS, socket_type: 'dgram' }, facts);
    const unknown = requestWith(CPS, { ...facts, source: undefined });
    expect([datagram, unknown].map((request) => decide(request).verdict.kind)).toEqual(['allow', 'allow']);
  });

  test('remembers nothing where nobody wrote it', () => {
    expect(decide(requestWith({})).sourceRate).toBeUndefined();
    expect(connectionsLeft(requestWith({}))).toBe(Infinity);
  });
});

describe('the network of a source', () => {
  test('is the address for IPv4, mapped or not', () => {
    expect([ipv4('192.0.2.1'), mapped('192.0.2.1')].map(sourceNetwork)).toEqual(['192.0.2.1', '192.0.2.1']);
  });

  test('is the first 64 bits for IPv6', () => {
    const [one, other, neighbour] = [ipv6([1, 2, 3, 4]), ipv6([1, 2, 5, 6]), ipv6([1, 3, 3, 4])].map(sourceNetwork);
    expect(one).toBe(other);
    expect(one).not.toBe(neighbour);
  });
});
