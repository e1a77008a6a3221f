// Relays: bytes pass both ways, an end on one side is passed on, and the end of both is told once.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { launch, launchProfile, relay } from '../../src/native/binding.ts';
import type { RelayTarget } from '../../src/native/binding.ts';
import { connection, exitsForTest, SHELL } from './support.ts';

interface Outcome {
  readonly errno: number;
  readonly inBytes: number;
  readonly outBytes: number;
}

/** A server that hands each connection to `serve`. */
/** Where nobody listens: no port that the kernel gives to somebody else meanwhile. */
const NOBODY = 1;

async function target(serve: (socket: Socket) => void, path?: string, backlog = 511): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) =>
    server.listen({ ...(path === undefined ? { host: '127.0.0.1', port: 0 } : { path }), backlog }, resolve),
  );
  onTestFinished(() => void server.close());
  return server;
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** A client whose connection is relayed. */
async function relayed(to: Partial<RelayTarget>) {
  const { fd, client } = await connection();
  client.on('error', () => undefined);
  const heard = text(client);
  const told: Outcome[] = [];
  let end = (): void => undefined;
  const outcome = new Promise<Outcome>((resolve) => {
    const all = {
      address: '127.0.0.1',
      port: 0,
      isKeepAlive: false,
      preface: new Uint8Array(),
      connectMs: 5000,
      ...to,
    };
    ({ end } = relay(fd, all, (errno, inBytes, outBytes) => {
      told.push({ errno, inBytes, outBytes });
      resolve({ errno, inBytes, outBytes });
    }));
  });
  return { client, heard, outcome, told, end };
}

/** All that comes until the other side has finished; leaves the socket open for an answer. */
function text(socket: Socket): Promise<string> {
  let heard = '';
  return new Promise((resolve) => {
    socket.setEncoding('latin1').on('data', (more: string) => (heard += more));
    socket.on('end', () => resolve(heard)).on('close', () => resolve(heard));
  });
}

const echoing = (socket: Socket): void => void socket.pipe(socket);

describe('a relay', () => {
  test('is forgotten though a server that was just launched has a copy of its connection', async () => {
    const exits = exitsForTest();
    const { fd, client } = await connection();
    const sleeper = launch(launchProfile({ ...SHELL, argv: ['sh', '-c', 'exec sleep 60'] }), fd, []);
    const to = { address: '127.0.0.1', isKeepAlive: false, preface: new Uint8Array(), connectMs: 5000 };
    const resetting = portOf(await target((socket) => void socket.resetAndDestroy()));
    await new Promise<void>((resolve) => void relay(fd, { ...to, port: resetting }, () => resolve()));
    client.write('nobody is to hear this');
    const { client: other, heard } = await relayed({ port: portOf(await target(echoing)) });
    other.end('but this');
    expect(await heard).toBe('but this');
    process.kill(sleeper);
    await exits.of(sleeper);
  });

  test('passes bytes both ways and counts them', async () => {
    const { client, heard, outcome } = await relayed({ port: portOf(await target(echoing)) });
    client.end('hello');
    expect(await heard).toBe('hello');
    expect(await outcome).toEqual({ errno: 0, inBytes: 5, outBytes: 5 });
  });

  test('passes on that the client has finished speaking', async () => {
    const server = await target((socket) => void text(socket).then((heard) => socket.end(`${heard.length} bytes`)));
    const { client, heard, outcome } = await relayed({ port: portOf(server) });
    client.end('x'.repeat(100_007));
    expect(await heard).toBe('100007 bytes');
    expect(await outcome).toEqual({ errno: 0, inBytes: 100_007, outBytes: 12 });
  });

  test('passes on that the target has finished speaking', async () => {
    let received: Promise<string> | undefined;
    const server = await target((socket) => {
      received = text(socket);
      socket.end('greeting');
    });
    const { client, heard, outcome } = await relayed({ port: portOf(server) });
    expect(await heard).toBe('greeting');
    client.end('late words');
    await outcome;
    expect(await received).toBe('late words');
  });

  test('moves much more than its pipes hold, unchanged', async () => {
    const bytes = Buffer.alloc(8 << 20, 'The quick brown fox. ');
    const { client, heard, outcome } = await relayed({ port: portOf(await target(echoing)) });
    client.end(bytes);
    expect(Buffer.from(await heard, 'latin1').equals(bytes)).toBe(true);
    expect(await outcome).toEqual({ errno: 0, inBytes: bytes.length, outBytes: bytes.length });
  });

  test('is not held up by a side that does not read', async () => {
    const slow = await target((socket) => socket.pause());
    const stuck = await relayed({ port: portOf(slow) });
    stuck.client.write(Buffer.alloc(4 << 20));
    const { client, heard } = await relayed({ port: portOf(await target(echoing)) });
    client.end('swift');
    expect(await heard).toBe('swift');
    stuck.end();
    await stuck.outcome;
  });

  test('sends its preface before anything else', async () => {
    const { client, heard } = await relayed({
      port: portOf(await target(echoing)),
      preface: Buffer.from('PROXY x\r\n'),
    });
    client.end('body');
    expect(await heard).toBe('PROXY x\r\nbody');
  });

  test('reaches a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'relay-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    await target(echoing, join(folder, 'socket'));
    const { client, heard } = await relayed({ address: join(folder, 'socket') });
    client.end('local');
    expect(await heard).toBe('local');
  });

  test('waits for room in the queue of a unix socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'relay-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'socket');
    await target(echoing, path, 1);
    const relays = await Promise.all(Array.from({ length: 20 }, () => relayed({ address: path })));
    // Nothing is accepted while this thread stands still.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    for (const { client } of relays) client.end('patient');
    for (const { outcome } of relays) expect(await outcome).toEqual({ errno: 0, inBytes: 7, outBytes: 7 });
  });

  test('tells why it could not connect', async () => {
    const { heard, outcome } = await relayed({ port: NOBODY });
    expect(await outcome).toEqual({ errno: 111, inBytes: 0, outBytes: 0 });
    expect(await heard).toBe('');
  });

  test('that could not connect leaves nothing behind for the next', async () => {
    // More than there are threads.
    const failed = await Promise.all(Array.from({ length: 12 }, () => relayed({ port: NOBODY })));
    for (const { outcome } of failed) expect((await outcome).errno).toBe(111);
    const server = await target(echoing);
    const relays = await Promise.all(Array.from({ length: 12 }, () => relayed({ port: portOf(server) })));
    for (const { client } of relays) client.end('hello');
    expect(await Promise.all(relays.map(({ heard }) => heard))).toEqual(relays.map(() => 'hello'));
  });

  test('gives up connecting after its time', async () => {
    // Nobody answers the discard prefix; a machine without any route says so at once.
    const { outcome } = await relayed({ address: '100::1', port: 1, connectMs: 50 });
    expect([110, 101, 99, 113]).toContain((await outcome).errno);
  });

  test('is ended by either side breaking off', async () => {
    const server = await target((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const { client, heard, outcome, told } = await relayed({ port: portOf(server) });
    client.write('now');
    await outcome;
    expect(await heard).toBe('');
    expect(told).toHaveLength(1);
  });

  test('can be ended, and ending it again does nothing', async () => {
    const { client, heard, outcome, end, told } = await relayed({ port: portOf(await target(echoing)) });
    client.write('hello');
    await once(client, 'data');
    end();
    end();
    await outcome;
    end();
    expect(told).toHaveLength(1);
    expect(await heard).toBe('hello');
  });

  test('leaves no descriptor behind', async () => {
    const server = await target(echoing);
    const round = async (): Promise<void> => {
      const relays = await Promise.all(Array.from({ length: 40 }, () => relayed({ port: portOf(server) })));
      await Promise.all(
        relays.map(async ({ client, heard, outcome }) => {
          client.end('x'.repeat(1000));
          await heard;
          await outcome;
        }),
      );
    };
    await round();
    const before = readdirSync('/proc/self/fd').length;
    for (let times = 0; times < 5; times++) await round();
    // Pipes that are kept for the next relay are bounded: 32 for each of four threads.
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 64);
  });

  test.for([
    ['a name', { address: 'localhost' }],
    ['a port beyond the last', { port: 65_536 }],
    ['a preface that is too long', { preface: new Uint8Array(257) }],
  ] as const)('is refused for %s', async ([, change]) => {
    const { outcome } = await relayed(change);
    await expect(outcome).rejects.toThrow(TypeError);
  });

  test('keeps the client when it is refused', async () => {
    const { fd } = await connection();
    expect(() =>
      relay(
        fd,
        { address: 'nowhere', port: 1, isKeepAlive: false, preface: new Uint8Array(), connectMs: 1 },
        () => undefined,
      ),
    ).toThrow(TypeError);
    expect(readdirSync('/proc/self/fd')).toContain(String(fd));
  });
});
