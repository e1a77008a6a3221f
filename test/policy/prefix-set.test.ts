import { describe, expect, test } from 'vitest';
import { compilePrefixes } from '../../src/policy/prefix-set.ts';
import type { Source } from '../../src/policy/source.ts';
import { hostRule, ipv4, ipv4Rule, ipv6, ipv6Rule, mapped } from './facts.ts';

const DOC = 0x2001_0db8;

describe('IPv4 prefixes', () => {
  const set = compilePrefixes([
    ipv4Rule('10.1.0.0/16', 1),
    ipv4Rule('10.0.0.0/8', 2),
    ipv4Rule('192.0.2.7/32', 3),
    ipv4Rule('255.255.255.255/32', 4),
    ipv4Rule('192.0.2.7/32', 5),
    hostRule('a.example', 6),
  ]);
  const place = (source: Source): number | undefined => set.match(source)?.span.start;

  test('match from the first to the last address', () => {
    expect(['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'].map((text) => place(ipv4(text)))).toEqual([
      2,
      2,
      undefined,
      undefined,
    ]);
  });

  test('name the widest rule, and the first of equals', () => {
    expect(place(ipv4('10.1.2.3'))).toBe(2);
    expect(place(ipv4('192.0.2.7'))).toBe(3);
  });

  test('reach both ends of the address space', () => {
    expect(place(ipv4('255.255.255.255'))).toBe(4);
    expect(place(ipv4('0.0.0.0'))).toBeUndefined();
    expect(compilePrefixes([ipv4Rule('0.0.0.0/0')]).match(ipv4('255.255.255.255'))).toBeDefined();
  });

  test('match IPv4-mapped peers', () => {
    expect(place(mapped('10.1.2.3'))).toBe(2);
  });

  test('do not match IPv6 peers', () => {
    expect(place(ipv6([0x0a01_0203, 0, 0, 0]))).toBeUndefined();
  });
});

describe('IPv6 prefixes', () => {
  const set = compilePrefixes([
    ipv6Rule([DOC, 0, 0, 0], 32, 1),
    ipv6Rule([0xfe80_0000, 0, 0, 5], 10, 2),
    ipv6Rule([0, 0, 0, 1], 128, 3),
    ipv6Rule([0x2002_0000, 0x1234_5678, 0, 0], 70, 4),
  ]);
  const place = (source: Source): number | undefined => set.match(source)?.span.start;

  test('match within their bits', () => {
    expect(place(ipv6([DOC, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff]))).toBe(1);
    expect(place(ipv6([DOC + 1, 0, 0, 0]))).toBeUndefined();
    expect(place(ipv6([0x2002_0000, 0x1234_5678, 0x03ff_ffff, 1]))).toBe(4);
    expect(place(ipv6([0x2002_0000, 0x1234_5678, 0x0400_0000, 0]))).toBeUndefined();
  });

  test('ignore the bits of the host', () => {
    expect(place(ipv6([0xfebf_0000, 0, 0, 0]))).toBe(2);
  });

  test('match one address at 128 bits', () => {
    expect(place(ipv6([0, 0, 0, 1]))).toBe(3);
    expect(place(ipv6([0, 0, 0, 2]))).toBeUndefined();
  });

  test('do not match plain IPv4 peers', () => {
    expect(compilePrefixes([ipv6Rule([0, 0, 0, 0], 0)]).match(ipv4('192.0.2.1'))).toBeUndefined();
  });

  test('within the mapped block stand for IPv4', () => {
    const block = compilePrefixes([ipv6Rule([0, 0, 0xffff, 0xc000_0200], 120)]);
    expect(block.match(ipv4('192.0.2.9'))).toBeDefined();
    expect(block.match(mapped('192.0.2.9'))).toBeDefined();
    expect(block.match(ipv4('192.0.3.9'))).toBeUndefined();
  });
});

describe('an empty set', () => {
  test('matches nobody', () => {
    const set = compilePrefixes([]);
    expect([ipv4('0.0.0.0'), ipv6([0, 0, 0, 0]), mapped('1.2.3.4')].map((source) => set.match(source))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
