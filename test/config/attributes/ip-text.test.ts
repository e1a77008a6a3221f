import { describe, expect, test } from 'vitest';
import {
  formatIPv4,
  formatIPv6,
  mask32,
  maskIPv6,
  parseIPv4,
  parseIPv6,
} from '../../../src/config/attributes/ip-text.ts';

describe('parseIPv4', () => {
  test.each([
    ['1.2.3.4', 0x0102_0304],
    ['1.2.772', 0x0102_0304],
    ['1.131844', 0x0102_0304],
    ['16909060', 0x0102_0304],
    ['0xff.0377.255.1', 0xffff_ff01],
    ['0', 0],
  ])('reads %s', (text, address) => {
    expect(parseIPv4(text)).toBe(address);
  });

  test.each(['', '1.', '.1', '1.2.3.256', '1.16777216', '4294967296', '1.2.3.4.5', '09', '1a', '-1', '0x'])(
    'refuses "%s"',
    (text) => {
      expect(parseIPv4(text)).toBeUndefined();
    },
  );
});

describe('parseIPv6', () => {
  test.each(['', '1', '1.2.3.4', ':::', '1::2::3', '12345::', '::1%', 'g::'])('refuses "%s"', (text) => {
    expect(parseIPv6(text)).toBeUndefined();
  });

  test.each(['::', '::1', '2001:db8::1', '1:0:0:2::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::ffff:1.2.3.4'])(
    'and formatIPv6 agree on %s',
    (text) => {
      const words = parseIPv6(text);
      expect(words && formatIPv6(words)).toBe(text);
    },
  );
});

describe('masks', () => {
  test('cover no bit to all bits', () => {
    expect([-5, 0, 1, 8, 31, 32, 99].map(mask32)).toEqual([
      0, 0, 0x8000_0000, 0xff00_0000, 0xffff_fffe, 0xffff_ffff, 0xffff_ffff,
    ]);
    expect(maskIPv6([0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], 65)).toEqual([
      0xffff_ffff, 0xffff_ffff, 0x8000_0000, 0,
    ]);
  });

  test('print as dotted quads', () => {
    expect(formatIPv4(mask32(9))).toBe('255.128.0.0');
  });
});
