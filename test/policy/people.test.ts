import { describe, expect, test } from 'vitest';
import type { AddressPattern } from '../../src/config/attributes/values.ts';
import { accessCheck, needsHostName } from '../../src/policy/address.ts';
import { unixSource } from '../../src/policy/source.ts';
import type { Person } from '../../src/policy/source.ts';
import { sourceNetwork } from '../../src/policy/source-rate.ts';
import { domainRule, ipv4, ipv4Rule, ipv6Rule, requestWith, spanAt } from './facts.ts';

const ALICE: Person = { uid: 1000, gid: 100, pid: 77, groups: [4, 27] };

function personRule(kind: 'uid' | 'gid', number: number, place = 0): AddressPattern {
  return { kind, number, text: `${kind}:${number}`, span: spanAt(place) };
}

interface Lists {
  readonly only_from?: readonly AddressPattern[];
  readonly no_access?: readonly AddressPattern[];
}

function isDenied(lists: Lists, source = unixSource(ALICE)): boolean {
  return accessCheck(requestWith(lists, { source })) !== undefined;
}

describe('the caller of a unix socket', () => {
  test('is told by user, group and process', () => {
    expect(unixSource(ALICE)).toMatchObject({ text: 'unix:uid=1000,gid=100,pid=77', plain: 'uid:1000', port: 0 });
  });

  test.each([
    ['its user', personRule('uid', 1000)],
    ['its group', personRule('gid', 100)],
    ['a supplementary group', personRule('gid', 27)],
  ])('is known by %s', (_, rule) => {
    expect([isDenied({ only_from: [rule] }), isDenied({ no_access: [rule] })]).toEqual([false, true]);
  });

  test.each([
    ['another user', personRule('uid', 100)],
    ['another group', personRule('gid', 1000)],
    ['an address', ipv4Rule('127.0.0.1')],
    ['every IPv4 address', ipv4Rule('0.0.0.0/0')],
    ['every IPv6 address', ipv6Rule([0, 0, 0, 0], 0)],
    ['a domain', domainRule('.example')],
  ])('is not admitted by %s', (_, rule) => {
    expect(isDenied({ only_from: [rule] })).toBe(true);
  });

  test.each([
    ['every IPv4 address', ipv4Rule('0.0.0.0/0')],
    ['every IPv6 address', ipv6Rule([0, 0, 0, 0], 0)],
  ])('is refused with %s', (_, rule) => {
    expect(isDenied({ only_from: [personRule('uid', 1000)], no_access: [rule] })).toBe(true);
  });

  test('is no host that no_access could name', () => {
    expect(isDenied({ no_access: [domainRule('.example'), ipv4Rule('10.0.0.0/8')] })).toBe(false);
  });

  test('points at the first of two equal words', () => {
    const denial = accessCheck(
      requestWith(
        { no_access: [personRule('uid', 1000, 5), personRule('uid', 1000, 9)] },
        { source: unixSource(ALICE) },
      ),
    );
    expect(denial).toMatchObject({ rule: spanAt(5) });
  });

  test('needs no name', () => {
    const { access, source } = requestWith({ only_from: [domainRule('.example')] }, { source: unixSource(ALICE) });
    expect(needsHostName(access, source)).toBe(false);
  });

  test('shares its rate with its user', () => {
    expect(sourceNetwork(unixSource({ ...ALICE, pid: 78 }))).toBe('uid:1000');
  });
});

describe('a caller with an address', () => {
  test('is never known by user or group', () => {
    expect(isDenied({ only_from: [personRule('uid', 0)] }, ipv4('127.0.0.1'))).toBe(true);
    expect(isDenied({ no_access: [personRule('uid', 0)] }, ipv4('127.0.0.1'))).toBe(false);
  });
});
