import { describe, expect, test } from 'vitest';
import { CHECKS, decide } from '../../src/policy/decide.ts';
import { ipv4Rule, requestWith, serviceWith, spanAt } from './facts.ts';

describe('decide', () => {
  test('allows what no check denies', () => {
    expect(decide(requestWith({})).verdict).toEqual({ kind: 'allow', notes: [] });
  });

  test('asks the checks in the order of the reference', () => {
    expect(CHECKS.map(({ name, stage }) => `${stage} ${name}`)).toEqual([
      'before-fork per_source_cps',
      'before-fork cps',
      'before-fork max_load',
      'before-fork access_times',
      'before-fork instances',
      'before-fork per_source',
      'before-fork limit',
      'after-fork proxy_from',
      'after-fork sensor',
      'after-fork access',
      'after-fork libwrap',
    ]);
  });

  test('lets the first denial win', () => {
    const config = { instances: 0, no_access: [ipv4Rule('192.0.2.1')] };
    expect(decide(requestWith(config)).verdict).toMatchObject({ by: 'instances', stage: 'before-fork' });
  });

  test('names reason, check, stage and rule', () => {
    const config = { no_access: [ipv4Rule('10.0.0.0/8', 1), ipv4Rule('192.0.2.0/24', 2)] };
    expect(decide(requestWith(config)).verdict).toEqual({
      kind: 'deny',
      reason: 'address',
      by: 'access',
      stage: 'after-fork',
      rule: spanAt(2),
      notes: [],
    });
  });

  test('leaves out a rule nobody wrote', () => {
    expect(decide(requestWith({ instances: 0 })).verdict).not.toHaveProperty('rule');
  });

  test('points at the attribute that denied', () => {
    const service = serviceWith({ instances: 0 }, { instances: { from: 'service', span: spanAt(9) } });
    expect(decide(requestWith({}, { service })).verdict).toMatchObject({ rule: spanAt(9) });
  });

  test('counts a request that a later check denies', () => {
    const { rate } = decide(requestWith({ instances: 0, cps: { connections: 5, waitSeconds: 1 } }));
    expect(rate).toEqual({ count: 1, windowStartSecond: 1000 });
  });
});
