import { describe, expect, test } from 'vitest';
import { plainAddress } from '../../src/daemon/plain-address.ts';

describe('a plain address', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::1', '::1'],
  ])('%s is %s', (text, plain) => {
    expect(plainAddress(text)).toBe(plain);
  });

  test.each(['', '10.1', '127', '10.0.0.0/8', '256.1.1.1', 'localhost', 'fe80::1%eth0', '::g', '1.2.3.4.5'])(
    '%j is none',
    (text) => {
      expect(plainAddress(text)).toBeUndefined();
    },
  );
});
