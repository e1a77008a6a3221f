import { describe, expect, test } from 'vitest';
import { reverseName } from '../../src/policy/reverse-name.ts';
import { ipv4, ipv6, mapped } from './facts.ts';

describe('the reverse name', () => {
  test('of an IPv4 address turns its octets round', () => {
    expect(reverseName(ipv4('192.0.2.1'))).toBe('1.2.0.192.in-addr.arpa');
    expect(reverseName(ipv4('255.254.0.0'))).toBe('0.0.254.255.in-addr.arpa');
  });

  test('of a mapped address is the one of its IPv4 address', () => {
    expect(reverseName(mapped('192.0.2.1'))).toBe('1.2.0.192.in-addr.arpa');
  });

  test('of an IPv6 address turns its nibbles round', () => {
    expect(reverseName(ipv6([0x20010db8, 0, 0, 0xff]))).toBe(`f.f.${'0.'.repeat(22)}8.b.d.0.1.0.0.2.ip6.arpa`);
  });
});
