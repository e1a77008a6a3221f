import { describe, expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import { proxyCheck } from '../../src/policy/proxies.ts';
import { ipv4, ipv4Rule, mapped, requestWith, serviceWith, spanAt } from './facts.ts';

const behind = { proxy_from: [ipv4Rule('10.0.0.0/24')] };

describe('proxy_from', () => {
  test('passes callers through a proxy it names', () => {
    expect(proxyCheck(requestWith(behind, { via: ipv4('10.0.0.5') }))).toBeUndefined();
    expect(proxyCheck(requestWith(behind, { via: mapped('10.0.0.5') }))).toBeUndefined();
  });

  test('denies anybody else, by its place', () => {
    const service = serviceWith(behind, { proxy_from: { from: 'service', span: spanAt(4) } });
    expect(decide(requestWith(behind, { service, via: ipv4('10.0.1.5') })).verdict).toMatchObject({
      reason: 'address',
      by: 'proxy_from',
      stage: 'after-fork',
      rule: spanAt(4),
    });
  });

  test('says nothing where no proxies stand before the service', () => {
    expect(proxyCheck(requestWith({}, { via: ipv4('10.0.1.5') }))).toBeUndefined();
    expect(proxyCheck(requestWith(behind))).toBeUndefined();
  });

  test('leaves the caller to the other rules', () => {
    const config = { ...behind, no_access: [ipv4Rule('192.0.2.1')] };
    expect(decide(requestWith(config, { via: ipv4('10.0.0.5') })).verdict).toMatchObject({ by: 'access' });
  });
});
