import { describe, expect, test } from 'vitest';
import { CHECKS } from '../../src/policy/decide.ts';
import { explain } from '../../src/policy/explain.ts';
import { domainRule, ipv4Rule, requestWith } from './facts.ts';

const UNKNOWN = { kind: 'unknown' } as const;

describe('an explanation', () => {
  test('names every check in its order', () => {
    expect(explain(requestWith({})).results).toEqual(CHECKS.map(({ name }) => ({ name, isPassed: true })));
  });

  test('goes on after the check that denies', () => {
    const { verdict, results } = explain(
      requestWith({ instances: 1, no_access: [ipv4Rule('192.0.2.0/24', 7)] }, { runningServers: 1 }),
    );
    expect(verdict).toMatchObject({ kind: 'deny', by: 'instances' });
    expect(results.filter(({ isPassed }) => !isPassed).map(({ name }) => name)).toEqual(['instances', 'access']);
  });

  test('names the words for and against', () => {
    const [admitting, refusing] = [ipv4Rule('192.0.2.0/24', 1), ipv4Rule('192.0.2.1', 2)];
    expect(explain(requestWith({ only_from: [admitting], no_access: [refusing] }))).toMatchObject({
      refusedBy: refusing,
      isRefusalCertain: true,
      admittedBy: admitting,
    });
  });

  test('says when only a missing name refuses', () => {
    const rule = domainRule('.test', 1);
    const explanation = explain(requestWith({ no_access: [rule] }, { hostName: UNKNOWN }));
    expect(explanation).toMatchObject({ refusedBy: rule, isRefusalCertain: false });
  });
});
