import { describe, expect, test } from 'vitest';
import { NO_RATE } from '../../src/policy/cps.ts';
import type { RateState } from '../../src/policy/cps.ts';
import { decide } from '../../src/policy/decide.ts';
import { sourceNetwork } from '../../src/policy/source-rate.ts';
import type { Bucket } from '../../src/policy/source-rate.ts';
import { ipv4, ipv6, mapped, requestWith, serviceWith, spanAt } from './facts.ts';

/** Requests of one source at these times; says which were allowed. */
function callsAt(times: readonly number[], config: Parameters<typeof requestWith>[0] = {}): readonly boolean[] {
  let sourceBucket: Bucket | undefined;
  return times.map((nowMs) => {
    const decision = decide(requestWith({ per_source_cps: 2, ...config }, { nowMs, sourceBucket }));
    sourceBucket = decision.sourceBucket;
    return decision.verdict.kind === 'allow';
  });
}

describe('per_source_cps', () => {
  test('lets a source spend its rate at once and no more', () => {
    expect(callsAt([0, 0, 0, 0])).toEqual([true, true, false, false]);
  });

  test('lets it go on at its rate', () => {
    expect(callsAt([0, 0, 499, 500, 501, 1000, 1001])).toEqual([true, true, false, true, false, true, false]);
  });

  test('does not save up for later', () => {
    expect(callsAt([0, 9000, 9000, 9000])).toEqual([true, true, true, false]);
  });

  test('survives a clock that stands still or goes back', () => {
    expect(callsAt([1000, 1000, 500])).toEqual([true, true, false]);
  });

  test('names the attribute and leaves the service up', () => {
    const service = serviceWith({ per_source_cps: 1 }, { per_source_cps: { from: 'service', span: spanAt(7) } });
    const sourceBucket = { tokens: 0, atMs: 1_000_000 };
    expect(decide(requestWith({}, { service, sourceBucket })).verdict).toEqual({
      kind: 'deny',
      reason: 'connections per second',
      by: 'per_source_cps',
      stage: 'before-fork',
      rule: spanAt(7),
      notes: [],
    });
  });

  test('keeps a flooder out of the count of cps', () => {
    const config = { per_source_cps: 2, cps: { connections: 3, waitSeconds: 10 } };
    let rate: RateState = NO_RATE;
    let sourceBucket: Bucket | undefined;
    for (let call = 0; call < 100; call += 1) {
      ({ rate, sourceBucket } = decide(requestWith(config, { rate, sourceBucket })));
    }
    expect(rate.count).toBe(2);
    expect(decide(requestWith(config, { rate, source: ipv4('192.0.2.9') })).verdict.kind).toBe('allow');
  });

  test('counts a request once whose name came later', () => {
    const sourceBucket = { tokens: 0, atMs: 1_000_000 };
    const decision = decide(requestWith({ per_source_cps: 1 }, { sourceBucket, isCounted: true }));
    expect(decision).toMatchObject({ verdict: { kind: 'allow' }, sourceBucket: undefined });
  });

  test('counts neither datagrams nor unknown sources', () => {
    const sourceBucket = { tokens: 0, atMs: 1_000_000 };
    const datagram = requestWith({ per_source_cps: 1, socket_type: 'dgram' }, { sourceBucket });
    const unknown = requestWith({ per_source_cps: 1 }, { sourceBucket, source: undefined });
    expect([datagram, unknown].map((request) => decide(request).verdict.kind)).toEqual(['allow', 'allow']);
  });

  test('costs nothing where nobody wrote it', () => {
    expect(decide(requestWith({})).sourceBucket).toBeUndefined();
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
