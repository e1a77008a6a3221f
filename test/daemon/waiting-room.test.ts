import { describe, expect, test } from 'vitest';
import { WaitingRoom } from '../../src/daemon/waiting-room.ts';

describe('the waiting room', () => {
  test('counts who waits by service and source', () => {
    const room = new WaitingRoom(1024);
    room.enter('1', '192.0.2.1');
    const leave = room.enter('1', '192.0.2.2');
    room.enter('2', '192.0.2.1');
    expect([room.total, room.countOf('1'), room.countFrom('1', '192.0.2.1')]).toEqual([3, 2, 1]);
    leave?.();
    leave?.();
    expect([room.total, room.countOf('1'), room.countFrom('1', '192.0.2.2')]).toEqual([2, 1, 0]);
  });

  test('takes a quarter of the descriptors', () => {
    const room = new WaitingRoom(8);
    const leave = room.enter('1', 'a');
    room.enter('1', 'a');
    expect(room.enter('1', 'b')).toBeUndefined();
    leave?.();
    expect(room.enter('1', 'b')).toBeDefined();
  });

  test('has a limit where descriptors abound', () => {
    const room = new WaitingRoom(Infinity);
    for (let index = 0; index < 512; index += 1) room.enter('1', 'a');
    expect(room.enter('1', 'a')).toBeUndefined();
  });

  test('counts some who take no seat', () => {
    const room = new WaitingRoom(4);
    const leave = room.count('1', 'a');
    expect([room.total, room.countFrom('1', 'a')]).toEqual([1, 1]);
    expect(room.enter('1', 'b')).toBeDefined();
    expect(room.enter('1', 'b')).toBeUndefined();
    expect([leave(), leave(), room.countFrom('1', 'a')]).toEqual([true, false, 0]);
  });
});
