import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';

import { askIdent } from '../../src/net/ident.ts';
import type { IdentAnswer } from '../../src/net/ident-reply.ts';

const PORTS = { peer: 40_000, local: 23 };
const open: { readonly close: () => unknown }[] = [];

afterEach(() => {
  for (const thing of open.splice(0)) thing.close();
});

/** An identity server that does this to whoever connects; its port. */
async function server(serve: (socket: Socket) => void): Promise<number> {
  const listening = createServer((socket) => {
    open.push({ close: () => socket.destroy() });
    serve(socket.on('error', () => undefined));
  });
  open.push(listening);
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on an address
  return (listening.address() as AddressInfo).port;
}

const ask = (port: number, change: { limitMs?: number; localAddress?: string } = {}): Promise<IdentAnswer> =>
  askIdent({ localAddress: '127.0.0.9', peerAddress: '127.0.0.1', ports: PORTS, limitMs: 5000, port, ...change });

describe('asking an identity server', () => {
  test('asks from the connection’s own address', async () => {
    const port = await server((socket) => {
      socket.once('data', (question) =>
        socket.end(`${question.toString().trim()}:USERID:UNIX:${socket.remoteAddress}\r\n`),
      );
    });
    expect(await ask(port)).toEqual({ kind: 'known', text: 'UNIX:127.0.0.9' });
  });

  test('takes a reply in pieces', async () => {
    const port = await server((socket) => {
      socket.setNoDelay(true).write('40000,23:US');
      setImmediate(() => socket.write('ERID:UNIX:alice\r\n'));
    });
    expect(await ask(port)).toEqual({ kind: 'known', text: 'UNIX:alice' });
  });

  test('without anybody there finds no server', async () => {
    const port = await server(() => {});
    open.pop()?.close();
    expect(await ask(port)).toEqual({ kind: 'unknown', result: 'no server' });
  });

  test('gives up in time', async () => {
    const port = await server(() => {});
    expect(await ask(port, { limitMs: 30 })).toEqual({ kind: 'unknown', result: 'timeout' });
  });

  test('says that a reply was cut off', async () => {
    const port = await server((socket) => socket.end('40000,23:USERID:UNIX:alice\n'));
    expect(await ask(port)).toMatchObject({
      result: 'error while receiving response',
      trouble: { text: 'identd server reply missing ending CR-LF' },
    });
  });

  test('says that the connection was broken', async () => {
    const port = await server((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await ask(port)).toMatchObject({
      result: 'error while receiving response',
      trouble: { text: 'read: Connection reset by peer (errno = 104)' },
    });
  });

  test('from an address that is not ours is a system error', async () => {
    const port = await server(() => {});
    expect(await ask(port, { localAddress: '192.0.2.1' })).toMatchObject({
      result: 'system error',
      trouble: { text: 'socket bind: Cannot assign requested address (errno = 99)' },
    });
  });
});
