// The built-in stream services over real connections: what a client sees, and when the session ends.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';

import type { Attendance, StreamBuiltin } from '../../../src/launch/builtin/builtin.ts';
import { builtinFor } from '../../../src/launch/builtin/index.ts';
import { connectedPair, deferred, dial, listen, loopback, readAll } from '../../support/sockets.ts';

const clients: Socket[] = [];
const LISTED_LINES = 100_000;
const UNATTENDED: Attendance = { onEnd: () => {}, idleMs: Infinity, listing: () => '' };

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

function streamBuiltin(name: string): StreamBuiltin {
  const builtin = builtinFor(name, 'stream');
  if (builtin?.socketType !== 'stream') throw new Error(`no stream service ${name}`);
  return builtin;
}

/** A client whose connection the service serves; `ended` is kept when the session says so. */
async function served(name: string) {
  const { client, connection } = await connectedPair();
  clients.push(client);
  const { promise, resolve } = deferred<void>();
  let ends = 0;
  const session = streamBuiltin(name).serveStream(connection.release(), {
    onEnd: () => {
      ends += 1;
      resolve();
    },
    idleMs: Infinity,
    listing: (listed) => `${listed} of this caller\n`.repeat(LISTED_LINES),
  });
  return { client, session, ended: promise, endCount: () => ends };
}

async function readBytes(client: Socket, length: number): Promise<Buffer> {
  let data = Buffer.alloc(0);
  while (data.length < length) {
    const chunk: unknown = client.read();
    if (!Buffer.isBuffer(chunk)) await once(client, 'readable');
    else data = Buffer.concat([data, chunk]);
  }
  return data;
}

/** One line of RFC 864 without its end. */
function chargenLine(start: number): string {
  return String.fromCharCode(...Array.from({ length: 72 }, (_, column) => 0x21 + ((start + column) % 93)));
}

/** The lines as the reference counts them. */
function chargenLines(count: number): string {
  return Array.from({ length: count }, (_, index) => `${chargenLine(index % 95)}\r\n`).join('');
}

describe('echo', () => {
  test('sends back what comes', async () => {
    const { client } = await served('echo');
    client.write('hello\r\n');
    expect((await readBytes(client, 7)).toString()).toBe('hello\r\n');
  });

  test('loses nothing to a client that reads late', async () => {
    const { client, ended } = await served('echo');
    const sent = Buffer.alloc(8_000_000);
    for (let at = 0; at < sent.length; at += 4) sent.writeUInt32BE(at, at);
    const isTaken = client.write(sent.subarray(0, 6_000_000));
    client.end(sent.subarray(6_000_000));
    const received = await readAll(client);
    expect([isTaken, received.equals(sent)]).toEqual([false, true]);
    await ended;
  });

  test('sends the rest after a half-close, then closes', async () => {
    const { client, ended, endCount } = await served('echo');
    client.end('last words');
    expect((await readAll(client)).toString()).toBe('last words');
    await ended;
    expect(endCount()).toBe(1);
  });

  test('ends quietly when the client resets', async () => {
    const { client, ended } = await served('echo');
    client.resetAndDestroy();
    await ended;
  });

  test('closes without a word when stopped', async () => {
    const { client, session, endCount } = await served('echo');
    session.stop();
    session.stop();
    expect([(await readAll(client)).length, endCount()]).toEqual([0, 0]);
  });

  test('serves hundreds at a time', async () => {
    const listener = listen(loopback(), {
      onConnection: (connection) => {
        streamBuiltin('echo').serveStream(connection.release(), UNATTENDED);
      },
    });
    listener.resume();
    const replies = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const client = await dial(listener.port);
        clients.push(client);
        client.end(`client ${index}`);
        return (await readAll(client)).toString();
      }),
    );
    listener.close();
    expect(replies).toEqual(Array.from({ length: 300 }, (_, index) => `client ${index}`));
  });
});

describe('discard', () => {
  test('reads until the end of file and answers nothing', async () => {
    const { client, ended } = await served('discard');
    client.end(Buffer.alloc(3_000_000));
    expect(await readAll(client)).toHaveLength(0);
    await ended;
  });

  test('ends quietly when the client resets', async () => {
    const { client, ended } = await served('discard');
    client.write('x');
    client.resetAndDestroy();
    await ended;
  });
});

describe('chargen', () => {
  test('repeats its lines after 95', async () => {
    const { client, ended } = await served('chargen');
    const length = 74 * 500;
    const received = await readBytes(client, length);
    expect(received.toString('latin1', 0, length)).toBe(chargenLines(500));
    client.destroy();
    await ended;
  });

  test('begins anew for each connection', async () => {
    const { client } = await served('chargen');
    expect((await readBytes(client, 5)).toString('latin1', 0, 5)).toBe('!"#$%');
  });

  test('waits for a client that does not read', async () => {
    const { client, session, endCount } = await served('chargen');
    await once(client, 'readable');
    session.stop();
    const rest = await readAll(client);
    expect([rest.length > 0, endCount()]).toEqual([true, 0]);
    expect(rest.toString('latin1')).toBe(chargenLines(Math.ceil(rest.length / 74)).slice(0, rest.length));
  });
});

describe('daytime', () => {
  test('writes one line and closes', async () => {
    const { client, ended } = await served('daytime');
    expect((await readAll(client)).toString()).toMatch(/^\d\d [A-Z]{3} \d{4} \d\d:\d\d:\d\d [A-Z+0-9-]+\r\n$/);
    await ended;
  });

  test('says nothing of its end once stopped', async () => {
    const { client, session, endCount } = await served('daytime');
    session.stop();
    await readAll(client);
    expect(endCount()).toBeLessThanOrEqual(1);
  });
});

describe('time', () => {
  test('writes four bytes and closes', async () => {
    const { client, ended } = await served('time');
    const reply = await readAll(client);
    expect(reply).toHaveLength(4);
    expect(Math.abs(reply.readUInt32BE() - 2_208_988_800 - Date.now() / 1000)).toBeLessThan(5);
    await ended;
  });
});

describe('services and servers', () => {
  test.each(['services', 'servers'])('%s sends its whole text and closes', async (name) => {
    const { client, ended } = await served(name);
    const text = (await readAll(client)).toString('latin1');
    expect(text).toBe(`${name} of this caller\n`.repeat(LISTED_LINES));
    await ended;
  });

  test('close where there is nothing to say', async () => {
    const { client, connection } = await connectedPair();
    clients.push(client);
    streamBuiltin('servers').serveStream(connection.release(), UNATTENDED);
    expect(await readAll(client)).toHaveLength(0);
  });
});

describe('a built-in', () => {
  test.each([
    ['echo', true],
    ['discard', true],
    ['chargen', true],
    ['services', true],
    ['servers', true],
    ['daytime', false],
    ['time', false],
  ])('%s counts as a running server: %s', (name, isForking) => {
    expect(streamBuiltin(name).isForking).toBe(isForking);
  });

  test('is known by its name in any case', () => {
    expect(streamBuiltin('Echo').name).toBe('echo');
  });

  test.each(['xadmin', 'tcpmux', ''])('is not %j', (name) => {
    expect(builtinFor(name, 'stream')).toBeUndefined();
  });

  test.each(['raw', 'seqpacket'] as const)('never serves %s sockets', (socketType) => {
    expect(builtinFor('echo', socketType)).toBeUndefined();
  });
});
