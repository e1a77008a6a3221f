import { describe, expect, test } from 'vitest';
import { plainAddress, plainCaller, sourceOfText } from '../../src/daemon/plain-address.ts';

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

describe('a plain caller', () => {
  test('may be a user with its groups', () => {
    expect(sourceOfText(plainCaller('uid:1000,gid:100,gid:27') ?? '')).toMatchObject({
      family: 'unix',
      plain: 'uid:1000',
      person: { uid: 1000, gid: 100, groups: [27] },
    });
  });

  test('may be a user without a group', () => {
    expect(sourceOfText('uid:0').person).toEqual({ uid: 0, gid: -1, pid: 0, groups: [] });
  });

  test.each(['uid:', 'uid:root', 'gid:5', 'uid:1,', 'uid:1,2'])('%j is none', (text) => {
    expect(plainCaller(text)).toBeUndefined();
  });
});
