import { afterEach, describe, expect, test } from 'vitest';
import { receiveNow } from '../../src/native/binding.ts';
import type { Connection } from '../../src/net/connection.ts';
import { MOST_NAME_BYTES, readFirstLine } from '../../src/net/tcpmux.ts';
import type { FirstLine } from '../../src/net/tcpmux.ts';
import { Pairs, write } from '../support/sockets.ts';

const pairs = new Pairs();

afterEach(pairs.close);

const read = (connection: Connection, limitMs = 60_000): Promise<FirstLine> =>
  new Promise((onLine) => readFirstLine(connection.fd, limitMs, onLine));

describe('the first line of a tcpmux connection', () => {
  test.each(['mail\r\n', 'mail\n'])('may be %j', async (line) => {
    const { client, connection } = await pairs.open();
    await write(client, line);
    expect(await read(connection)).toEqual({ kind: 'name', name: 'mail' });
  });

  test('may come in pieces', async () => {
    const { client, connection } = await pairs.open();
    const line = read(connection);
    for (const piece of ['m', 'ai', 'l\r', '\n']) await write(client, piece);
    expect(await line).toEqual({ kind: 'name', name: 'mail' });
  });

  test('takes nothing of what follows', async () => {
    const { client, connection } = await pairs.open();
    await write(client, 'mail\r\nHELO\r\n');
    await read(connection);
    const rest = new Uint8Array(100);
    expect(Buffer.from(rest.subarray(0, receiveNow(connection.fd, rest))).toString()).toBe('HELO\r\n');
  });

  test('has a longest length', async () => {
    const { client, connection } = await pairs.open();
    await write(client, 'x'.repeat(MOST_NAME_BYTES));
    expect(await read(connection)).toEqual({ kind: 'too long' });
  });

  test('may never come', async () => {
    const { client, connection } = await pairs.open();
    client.end();
    expect(await read(connection)).toEqual({ kind: 'nothing' });
  });

  test('may break off', async () => {
    const { client, connection } = await pairs.open();
    client.end('mai');
    expect(await read(connection)).toEqual({ kind: 'unfinished' });
  });

  test('may break off with a reset', async () => {
    const { client, connection } = await pairs.open();
    const line = read(connection);
    await write(client, 'mai');
    client.resetAndDestroy();
    expect(await line).toEqual({ kind: 'unfinished' });
  });

  test('is not waited for without end', async () => {
    const { connection } = await pairs.open();
    expect(await read(connection, 30)).toEqual({ kind: 'unfinished' });
  });

  test('is not told once stopped', async () => {
    const { client, connection } = await pairs.open();
    const heard: FirstLine[] = [];
    readFirstLine(connection.fd, 60_000, (line) => heard.push(line))();
    await write(client, 'mail\n');
    const again = read(connection);
    expect(await again).toEqual({ kind: 'name', name: 'mail' });
    expect(heard).toEqual([]);
  });
});
