import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { receiveFrom } from '../../src/native/binding.ts';
import type { Datagram } from '../../src/native/binding.ts';
import { dropDatagram, dropIfUnread, peekSender, ReplyGuard, stampOfWaiting } from '../../src/net/datagram.ts';
import type { Listener } from '../../src/net/listener.ts';
import { datagramClient, listen, loopbackDatagram, sendTo } from '../support/sockets.ts';

describe('datagrams on a socket', () => {
  let socket: Listener;
  let client: Socket;

  beforeEach(async () => {
    socket = listen(loopbackDatagram(), {});
    client = await datagramClient();
  });

  afterEach(async () => {
    socket.close();
    client.close();
    await once(client, 'close');
  });

  /** Takes the first one off the queue. */
  const taken = (): string => {
    const into = new Uint8Array(16);
    return Buffer.from(into.subarray(0, receiveFrom(socket.fd, into, false)?.length)).toString();
  };

  test('stay queued when their sender is asked for', async () => {
    await sendTo(client, socket.port, 'abc');
    const sender = { family: 4, text: '127.0.0.1', port: client.address().port };
    expect([peekSender(socket.fd), peekSender(socket.fd)]).toMatchObject([sender, sender]);
  });

  test('are dropped one at a time', async () => {
    await sendTo(client, socket.port, 'one');
    await sendTo(client, socket.port, 'two');
    expect(dropDatagram(socket.fd)).toBe(true);
    expect(taken()).toBe('two');
    expect([dropDatagram(socket.fd), peekSender(socket.fd)]).toEqual([false, undefined]);
  });

  test('have a stamp as long as they wait', async () => {
    expect(stampOfWaiting(socket.fd)).toBe(0);
    await sendTo(client, socket.port, 'same');
    await sendTo(client, socket.port, 'same');
    const stamps = [stampOfWaiting(socket.fd), stampOfWaiting(socket.fd)];
    expect(stamps).toEqual([expect.any(Number), stamps[0]]);
    dropDatagram(socket.fd);
    expect([0, stamps[0]]).not.toContain(stampOfWaiting(socket.fd));
  });

  test('are dropped when a server left its trigger unread', async () => {
    await sendTo(client, socket.port, 'one');
    await sendTo(client, socket.port, 'two');
    expect(dropIfUnread(socket.fd, stampOfWaiting(socket.fd))).toBe(true);
    expect(taken()).toBe('two');
  });

  test('stay when the server has read its trigger, even such as look the same', async () => {
    await sendTo(client, socket.port, 'same');
    await sendTo(client, socket.port, 'same');
    const trigger = stampOfWaiting(socket.fd);
    expect(taken()).toBe('same');
    expect(dropIfUnread(socket.fd, trigger)).toBe(false);
    expect(taken()).toBe('same');
  });

  test('need not be there any more', async () => {
    await sendTo(client, socket.port, 'one');
    const trigger = stampOfWaiting(socket.fd);
    dropDatagram(socket.fd);
    expect(dropIfUnread(socket.fd, trigger)).toBe(false);
  });
});

/** A datagram from this port. */
function from(port: number): Datagram {
  return { length: 1, family: 4, port, text: '192.0.2.1', words: [0, 0, 0, 0], scope: 0 };
}

describe('the reply guard', () => {
  test.each([0, 7, 9, 13, 17, 19, 37, 53, 123, 161])('refuses replies to port %d', (port) => {
    expect(new ReplyGuard().mayReply(from(port))).toBe(false);
  });

  test('allows ordinary clients', () => {
    expect(new ReplyGuard().mayReply(from(40_000))).toBe(true);
  });

  test('refuses our own ports as long as they are in use', () => {
    const guard = new ReplyGuard();
    guard.addOwnPort(20_007);
    guard.addOwnPort(20_007);
    guard.removeOwnPort(20_007);
    expect(guard.mayReply(from(20_007))).toBe(false);
    guard.removeOwnPort(20_007);
    expect(guard.mayReply(from(20_007))).toBe(true);
  });
});
