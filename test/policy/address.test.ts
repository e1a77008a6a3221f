import { describe, expect, test } from 'vitest';
import type { AddressPattern } from '../../src/config/attributes/values.ts';
import { accessCheck, compileAccess, needsHostName } from '../../src/policy/address.ts';
import type { HostName } from '../../src/policy/request.ts';
import type { Source } from '../../src/policy/source.ts';
import { domainRule, hostRule, ipv4, ipv4Rule, ipv6Rule, mapped, requestWith, serviceWith, spanAt } from './facts.ts';

interface Lists {
  readonly only_from?: readonly AddressPattern[];
  readonly no_access?: readonly AddressPattern[];
}

const HERE = ipv4('192.0.2.1');
const HERE_RULE = ipv4Rule('192.0.2.0/24', 7);
const ELSEWHERE_RULE = ipv4Rule('198.51.100.0/24', 8);
const UNKNOWN: HostName = { kind: 'unknown' };

function named(name: string): HostName {
  return { kind: 'known', name };
}

function isDenied(lists: Lists, hostName: HostName = { kind: 'unneeded' }, source: Source | undefined = HERE): boolean {
  return accessCheck(requestWith(lists, { source, hostName })) !== undefined;
}

describe('only_from', () => {
  test('admits who is listed and no one else', () => {
    expect(isDenied({ only_from: [HERE_RULE] })).toBe(false);
    expect(isDenied({ only_from: [ELSEWHERE_RULE] })).toBe(true);
  });

  test('admits nobody when empty', () => {
    expect(isDenied({ only_from: [] })).toBe(true);
  });

  test('points at itself when it does not admit', () => {
    const service = serviceWith({ only_from: [] }, { only_from: { from: 'service', span: spanAt(5) } });
    expect(accessCheck(requestWith({}, { service }))).toEqual({ reason: 'address', rule: spanAt(5) });
  });

  test('admits by name only a confirmed name', () => {
    const lists = { only_from: [hostRule('good.example')] };
    expect(isDenied(lists, named('good.example'))).toBe(false);
    expect(isDenied(lists, named('bad.example'))).toBe(true);
    expect(isDenied(lists, UNKNOWN)).toBe(true);
    expect(isDenied(lists, { kind: 'unneeded' })).toBe(true);
  });
});

describe('a caller with several names', () => {
  const both: HostName = { kind: 'known', name: 'a.example', others: ['b.test'] };

  test('is admitted by any of them', () => {
    expect(isDenied({ only_from: [hostRule('b.test')] }, both)).toBe(false);
    expect(isDenied({ only_from: [hostRule('c.test')] }, both)).toBe(true);
  });

  test('is denied by any of them', () => {
    expect(isDenied({ no_access: [domainRule('.test')] }, both)).toBe(true);
    expect(isDenied({ no_access: [domainRule('.other')] }, both)).toBe(false);
  });
});

describe('no_access', () => {
  test('denies who is listed and names the rule', () => {
    expect(accessCheck(requestWith({ no_access: [ELSEWHERE_RULE, HERE_RULE] }))).toEqual({
      reason: 'address',
      rule: spanAt(7),
      notes: [],
    });
    expect(isDenied({ no_access: [ELSEWHERE_RULE] })).toBe(false);
  });

  test('denies nobody when empty', () => {
    expect(isDenied({ no_access: [] })).toBe(false);
  });

  test('wins over only_from however specific and says so', () => {
    const lists = { only_from: [ipv4Rule('192.0.2.1')], no_access: [ipv4Rule('0.0.0.0/0')] };
    expect(accessCheck(requestWith(lists, { source: mapped('192.0.2.1') }))?.notes).toEqual([
      {
        level: 'error',
        text: 'Service=svc: only_from list and no_access list match equally the address ::ffff:192.0.2.1',
      },
    ]);
  });

  test('denies by name', () => {
    const lists = { no_access: [domainRule('.bad.example')] };
    expect(isDenied(lists, named('host.bad.example'))).toBe(true);
    expect(isDenied(lists, named('host.good.example'))).toBe(false);
  });

  test('denies by name when the look-up failed', () => {
    const lists = { only_from: [HERE_RULE], no_access: [hostRule('bad.example', 3)] };
    expect(accessCheck(requestWith(lists, { hostName: UNKNOWN }))).toEqual({
      reason: 'address',
      rule: spanAt(3),
      notes: [],
    });
  });
});

describe('an unknown source', () => {
  test('passes every list', () => {
    const lists = { only_from: [], no_access: [ipv4Rule('0.0.0.0/0'), hostRule('a.example')] };
    expect(accessCheck(requestWith(lists, { source: undefined }))).toBeUndefined();
    expect(needsHostName(compileAccess(serviceWith(lists).config), undefined)).toBe(false);
  });
});

describe('needsHostName', () => {
  const NAME = hostRule('a.example');
  const cases: readonly (readonly [string, Lists, boolean])[] = [
    ['no list', {}, false],
    ['addresses only', { only_from: [HERE_RULE], no_access: [ELSEWHERE_RULE] }, false],
    ['a name that may admit', { only_from: [ELSEWHERE_RULE, NAME] }, true],
    ['an address that admits', { only_from: [HERE_RULE, NAME] }, false],
    ['a name that may deny', { no_access: [ELSEWHERE_RULE, NAME] }, true],
    ['an address that denies', { no_access: [HERE_RULE, NAME], only_from: [NAME] }, false],
    ['a name that may deny who is admitted', { no_access: [NAME], only_from: [HERE_RULE] }, true],
    ['a name that may deny who is not admitted', { no_access: [NAME], only_from: [ELSEWHERE_RULE] }, false],
  ];

  test.each(cases)('with %s', (_title, lists, expected) => {
    expect(needsHostName(compileAccess(serviceWith(lists).config), HERE)).toBe(expected);
  });
});

describe('an IPv6 rule', () => {
  test('for all also matches mapped peers only', () => {
    const lists = { only_from: [ipv6Rule([0, 0, 0, 0], 0)] };
    expect(isDenied(lists, UNKNOWN, mapped('192.0.2.1'))).toBe(false);
    expect(isDenied(lists, UNKNOWN, ipv4('192.0.2.1'))).toBe(true);
  });
});
