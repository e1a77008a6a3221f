// Users, groups and the text of an errno.
import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { groupList, lookupGroup, lookupUser, strerror } from '../../src/native/binding.ts';

describe('a user', () => {
  test('is found by name and by id', () => {
    const root = { name: 'root', uid: 0, gid: 0 };
    expect([lookupUser('root'), lookupUser(0)]).toEqual([root, root]);
  });
  test('may be this one', () => {
    const { username, uid, gid } = userInfo();
    expect(lookupUser(uid)).toEqual({ name: username, uid, gid });
  });
  test('that is absent is undefined', () => {
    expect([lookupUser('no such user'), lookupUser(3_999_999_999), lookupUser('')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
  test.each([-1, 1.5, 4294967296, Number.NaN])('is no %s', (id) => {
    expect(() => lookupUser(id)).toThrow(TypeError);
  });
});

describe('a group', () => {
  test('is found by name and by id', () => {
    const root = { name: 'root', gid: 0 };
    expect([lookupGroup('root'), lookupGroup(0)]).toEqual([root, root]);
  });
  test('that is absent is undefined', () => {
    expect([lookupGroup('no such group'), lookupGroup(3_999_999_999)]).toEqual([undefined, undefined]);
  });
  test('is in the list of its user', () => {
    expect(groupList('root', 0)).toContain(0);
    expect(groupList('no such user', 12_345)).toEqual([12_345]);
  });
});

describe('the text of an errno', () => {
  test('is the C library’s', () => {
    expect([strerror(2), strerror(98)]).toEqual(['No such file or directory', 'Address already in use']);
  });
});
