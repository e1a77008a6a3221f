import { afterEach, describe, expect, test } from 'vitest';
import { receiveNow } from '../../src/native/binding.ts';
import type { Connection } from '../../src/net/connection.ts';
import { readProxyHeader } from '../../src/net/proxy-reader.ts';
import type { ProxyNews } from '../../src/net/proxy-reader.ts';
import { Pairs, write } from '../support/sockets.ts';

const LINE = 'PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n';
const pairs = new Pairs();

afterEach(pairs.close);

const read = (connection: Connection, limitMs = 60_000): Promise<ProxyNews> =>
  new Promise((onNews) => readProxyHeader(connection.fd, limitMs, onNews));

describe('the header of a proxied connection', () => {
  test('is read, and nothing of what follows', async () => {
    const { client, connection } = await pairs.open();
    await write(client, `${LINE}HELO\r\n`);
    expect(await read(connection)).toMatchObject({ kind: 'header', client: { plain: '192.0.2.1', port: 56_324 } });
    const rest = new Uint8Array(100);
    expect(Buffer.from(rest.subarray(0, receiveNow(connection.fd, rest))).toString()).toBe('HELO\r\n');
  });

  test('may come byte by byte', async () => {
    const { client, connection } = await pairs.open();
    const news = read(connection);
    for (const byte of LINE) await write(client, byte);
    expect(await news).toMatchObject({ kind: 'header', server: { plain: '198.51.100.2', port: 443 } });
  });

  test('may be something else', async () => {
    const { client, connection } = await pairs.open();
    await write(client, 'SSH-2.0\r\n');
    expect(await read(connection)).toEqual({ kind: 'bad', why: 'does not begin like a header' });
  });

  test('may break off', async () => {
    const { client, connection } = await pairs.open();
    client.end(LINE.slice(0, 20));
    expect(await read(connection)).toEqual({ kind: 'bad', why: 'is unfinished' });
  });

  test('may never begin', async () => {
    const { client, connection } = await pairs.open();
    client.end();
    expect(await read(connection)).toEqual({ kind: 'nothing' });
  });

  test('has its time', async () => {
    const { client, connection } = await pairs.open();
    await write(client, 'PROXY ');
    expect(await read(connection, 20)).toEqual({ kind: 'bad', why: 'has not come in time' });
  });
});
