import { describe, expect, test } from 'vitest';
import { BAN_CAPACITY, BanList } from '../../src/daemon/bans.ts';
import { ipv4, ipv6, mapped } from '../policy/facts.ts';

const ADDRESS = '192.0.2.1';

describe('a ban', () => {
  test('holds to its end and not beyond', () => {
    const list = new BanList();
    list.ban(ipv4(ADDRESS), 1000);
    expect(list.isBanned(ipv4(ADDRESS), 999)).toBe(true);
    expect(list.isBanned(ipv4(ADDRESS), 1000)).toBe(false);
  });

  test('is for the address on either family of socket', () => {
    const list = new BanList();
    list.ban(mapped(ADDRESS), 1000);
    list.ban(ipv4('192.0.2.2'), 1000);
    expect(list.isBanned(ipv4(ADDRESS), 0)).toBe(true);
    expect(list.isBanned(mapped('192.0.2.2'), 0)).toBe(true);
  });

  test('is for one address, whatever it ends in', () => {
    const list = new BanList();
    list.ban(ipv4('10.1.0.0'), 1000);
    expect(list.isBanned(ipv4('10.1.0.1'), 0)).toBe(false);
    list.ban(ipv6([1, 2, 3, 0]), 1000);
    expect(list.isBanned(ipv6([1, 2, 3, 4]), 0)).toBe(false);
  });

  test('is prolonged by a second one', () => {
    const list = new BanList();
    list.ban(ipv4(ADDRESS), 1000);
    list.ban(ipv4(ADDRESS), 3000);
    expect(list.endOf(ADDRESS)).toBe(3000);
  });

  test('is never made shorter', () => {
    const list = new BanList();
    list.ban(ipv4(ADDRESS), Infinity);
    list.ban(ipv4(ADDRESS), 3000);
    expect(list.endOf(ADDRESS)).toBe(Infinity);
  });

  test('can be lifted once', () => {
    const list = new BanList();
    list.ban(ipv4(ADDRESS), Infinity);
    expect([list.lift(ADDRESS), list.lift(ADDRESS)]).toEqual([true, false]);
    expect(list.isBanned(ipv4(ADDRESS), 0)).toBe(false);
  });
});

describe('the list of bans', () => {
  test('forgets what has ended and counts it', () => {
    const list = new BanList();
    list.ban(ipv4('192.0.2.1'), 1000);
    list.ban(ipv4('192.0.2.2'), 2000);
    list.ban(ipv4('192.0.2.3'), Infinity);
    expect(list.expire(1000)).toBe(1);
    expect(list.all().map(({ address }) => address)).toEqual(['192.0.2.2', '192.0.2.3']);
    expect(list.nextEndMs).toBe(2000);
  });

  test('refuses a new address when it is full', () => {
    const list = new BanList();
    for (let index = 0; index < BAN_CAPACITY; index += 1) list.ban({ plain: `host ${index}` }, 1000);
    expect(list.ban(ipv4(ADDRESS), 1000)).toBe(false);
    expect(list.ban({ plain: 'host 0' }, 2000)).toBe(true);
    expect(list.size).toBe(BAN_CAPACITY);
  });
});
