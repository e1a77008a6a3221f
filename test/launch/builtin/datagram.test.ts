// The built-in datagram services over real sockets: one datagram in, at most one out.

import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DatagramBuiltin } from '../../../src/launch/builtin/builtin.ts';
import { builtinFor } from '../../../src/launch/builtin/index.ts';
import type { Datagram } from '../../../src/native/binding.ts';
import { peekSender } from '../../../src/net/datagram.ts';
import type { Listener } from '../../../src/net/listener.ts';
import { datagramClient, listen, loopbackDatagram, nextDatagram, sendTo } from '../../support/sockets.ts';

function datagramBuiltin(name: string): DatagramBuiltin {
  const builtin = builtinFor(name, 'dgram');
  if (builtin?.socketType !== 'dgram') throw new Error(`no datagram service ${name}`);
  return builtin;
}

let listener: Listener;
let client: Socket;
let builtin: DatagramBuiltin;
let isAllowed: boolean;

beforeEach(async () => {
  isAllowed = true;
  listener = listen(loopbackDatagram(), {
    onReadable: () => void take(),
  });
  client = await datagramClient();
});

afterEach(async () => {
  listener.close();
  client.close();
  await once(client, 'close');
});

/** Serves the datagram that waits first; its sender, or undefined where there is none. */
function take(): Datagram | undefined {
  const sender = peekSender(listener.fd);
  if (sender !== undefined) builtin.serveDatagram(listener.fd, sender, () => isAllowed);
  return sender;
}

async function reply(name: string, request: string | Uint8Array): Promise<Buffer> {
  builtin = datagramBuiltin(name);
  listener.resume();
  const answer = nextDatagram(client);
  await sendTo(client, listener.port, request);
  return answer;
}

describe('datagram echo', () => {
  test('answers with the same bytes', async () => {
    expect((await reply('echo', 'abc')).toString()).toBe('abc');
  });

  test('answers an empty datagram with an empty one', async () => {
    expect(await reply('echo', '')).toHaveLength(0);
  });

  test('cuts after 2048 bytes', async () => {
    expect(await reply('echo', Buffer.alloc(5000, 'y'))).toEqual(Buffer.alloc(2048, 'y'));
  });

  test('takes a refused datagram without an answer', async () => {
    builtin = datagramBuiltin('echo');
    await sendTo(client, listener.port, 'refused');
    isAllowed = false;
    expect(take()).toMatchObject({ port: client.address().port });
    isAllowed = true;
    expect((await reply('echo', 'next')).toString()).toBe('next');
  });
});

describe('datagram discard', () => {
  test('takes a datagram and answers nothing', async () => {
    await sendTo(client, listener.port, 'gone');
    builtin = datagramBuiltin('discard');
    take();
    expect((await reply('echo', 'next')).toString()).toBe('next');
  });
});

describe('datagram chargen', () => {
  test('answers up to 1024 bytes, the last line cut', async () => {
    const text = (await reply('chargen', 'x'.repeat(1500))).toString('latin1');
    expect(text).toHaveLength(1024);
    expect(text.split('\r\n').map((line) => line.length)).toEqual([...Array.from({ length: 13 }, () => 72), 60, 0]);
  });

  test('goes on where the last reply ended', async () => {
    const first = (await reply('chargen', 'x'.repeat(1024)))[0] ?? 0;
    const second = (await reply('chargen', 'x'.repeat(1024)))[0] ?? 0;
    expect((second - first + 93) % 93).toBe(14);
  });

  test.each([0, 1, 2, 75, 512])('answers %i bytes with no more', async (length) => {
    const answer = await reply('chargen', 'x'.repeat(length));
    expect(answer).toHaveLength(length);
    if (length >= 2) expect(answer.subarray(-2).toString()).toBe('\r\n');
  });
});

describe('datagram daytime and time', () => {
  test('answer with the line of the stream service', async () => {
    expect((await reply('daytime', 'x')).toString()).toMatch(/^\d\d [A-Z]{3} \d{4} \d\d:\d\d:\d\d [A-Z+0-9-]+\r\n$/);
  });

  test('answer with four bytes', async () => {
    const seconds = (await reply('time', '')).readUInt32BE() - 2_208_988_800;
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(5);
  });
});
