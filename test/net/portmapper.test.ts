// Against a small rpcbind of this test's own, which keeps a table as the real one does; the real one is met end to end.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Portmapper } from '../../src/net/portmapper.ts';
import type { PortmapperOptions, RpcProgram } from '../../src/net/portmapper.ts';

type Mood = 'whole' | 'version 2 only' | 'without IPv6' | 'silent';

interface Rpcbind {
  readonly port: number;
  /** `program.version transport` and its port. */
  readonly table: Map<string, number>;
  readonly heard: string[];
}

const NAMES: Readonly<Record<number, string>> = { 1: 'set', 2: 'unset', 3: 'find' };

/** One that the kernel has just given and taken back. */
async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function rpcbind(mood: Mood = 'whole'): Promise<Rpcbind> {
  const socket = createSocket('udp4');
  const table = new Map<string, number>();
  const heard: string[] = [];
  socket.on('message', (bytes, from) => {
    const language = bytes.readUInt32BE(16);
    const { key, transport, port } = read(bytes, language);
    const procedure = NAMES[bytes.readUInt32BE(20)] ?? '';
    heard.push(`${language} ${procedure} ${key}`);
    const answer = (...words: readonly number[]): void => {
      const reply = Buffer.alloc(20 + words.length * 4);
      bytes.copy(reply, 0, 0, 4);
      reply.writeUInt32BE(1, 4);
      for (const [index, word] of words.entries()) reply.writeUInt32BE(word, 20 + index * 4);
      socket.send(reply, from.port, from.address);
    };
    if (mood === 'silent') return;
    if (mood === 'version 2 only' && language === 4) return answer(2, 2, 2);
    if (mood === 'without IPv6' && transport.endsWith('6')) return answer(0, 0);
    if (procedure === 'find') return answer(0, table.get(key) ?? 0);
    if (procedure === 'unset') return answer(0, table.delete(key) ? 1 : 0);
    const isFree = (table.get(key) ?? port) === port;
    if (isFree) table.set(key, port);
    answer(0, isFree ? 1 : 0);
  });
  onTestFinished(() => void socket.close());
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: socket.address().port, table, heard };
}

function read(bytes: Buffer, language: number): { key: string; transport: string; port: number } {
  const what = `${bytes.readUInt32BE(40)}.${bytes.readUInt32BE(44)}`;
  if (language === 2) {
    const transport = bytes.readUInt32BE(48) === 6 ? 'tcp' : 'udp';
    return { key: `${what} ${transport}`, transport, port: bytes.readUInt32BE(52) };
  }
  const length = bytes.readUInt32BE(48);
  const transport = bytes.toString('latin1', 52, 52 + length);
  const at = 52 + Math.ceil(length / 4) * 4;
  const address = bytes.toString('latin1', at + 4, at + 4 + bytes.readUInt32BE(at));
  const [high = '0', low = '0'] = address.split('.').slice(-2);
  return { key: `${what} ${transport}`, transport, port: Number(high) * 256 + Number(low) };
}

const program: RpcProgram = {
  program: 300_100,
  versions: [2, 3],
  protocol: 'udp',
  families: ['ipv4', 'ipv6'],
  port: 4711,
};

const portmapperOf = ({ port }: Rpcbind, more: Partial<PortmapperOptions> = {}): Portmapper =>
  new Portmapper({ nowMs: () => 0, port, ...more });

describe('a portmapper', () => {
  test('registers each version for IPv4 and IPv6', async () => {
    const server = await rpcbind();
    expect(await portmapperOf(server).register(program)).toEqual([]);
    const keys = ['300100.2 udp', '300100.2 udp6', '300100.3 udp', '300100.3 udp6'];
    expect(server.table).toEqual(new Map(keys.map((key) => [key, 4711])));
  });

  test('takes out what it has registered', async () => {
    const server = await rpcbind();
    const portmapper = portmapperOf(server);
    await portmapper.register(program);
    server.table.set('300100.2 tcp', 1);
    await portmapper.unregister(program);
    expect([...server.table.keys()]).toEqual(['300100.2 tcp']);
  });

  test('needs no IPv6', async () => {
    const server = await rpcbind('without IPv6');
    expect(await portmapperOf(server).register(program)).toEqual([]);
    expect([...server.table.keys()]).toEqual(['300100.2 udp', '300100.3 udp']);
  });

  test('speaks version 2 where nothing else is spoken', async () => {
    const server = await rpcbind('version 2 only');
    const portmapper = portmapperOf(server);
    expect(await portmapper.register(program)).toEqual([]);
    expect([...server.table]).toEqual([
      ['300100.2 udp', 4711],
      ['300100.3 udp', 4711],
    ]);
    await portmapper.unregister(program);
    expect(server.table.size).toBe(0);
  });

  test('leaves the registration of a running server alone', async () => {
    const server = await rpcbind();
    server.table.set('300100.3 udp', 99);
    expect(await portmapperOf(server, { isTaken: async () => true }).register(program)).toEqual([3]);
    expect(server.table.get('300100.3 udp')).toBe(99);
  });

  test('replaces a registration that leads to nobody', async () => {
    const server = await rpcbind();
    server.table.set('300100.3 udp', 99).set('300100.3 udp6', 99);
    const asked: string[] = [];
    const isTaken: PortmapperOptions['isTaken'] = async (protocol, port) => {
      asked.push(`${protocol} ${port}`);
      return false;
    };
    expect(await portmapperOf(server, { isTaken }).register(program)).toEqual([]);
    expect(asked).toEqual(['udp 99']);
    expect(new Set(server.table.values())).toEqual(new Set([4711]));
  });

  test.each(['tcp', 'udp'] as const)('knows a %s port that is used from one that is not', async (protocol) => {
    const server = await rpcbind();
    server.table.set(`300100.2 ${protocol}`, protocol === 'udp' ? server.port : await freeTcpPort());
    const portmapper = portmapperOf(server);
    const only = { ...program, protocol, versions: [2] };
    expect(await portmapper.register(only)).toEqual(protocol === 'udp' ? [2] : []);
  });

  test('gives up at once where nobody listens', async () => {
    const portmapper = portmapperOf({ port: 9, table: new Map(), heard: [] }, { limitMs: 60_000 });
    expect(await portmapper.register(program)).toEqual([2, 3]);
  });

  test('waits for a silent rpcbind once, then not for a while', async () => {
    const server = await rpcbind('silent');
    let nowMs = 0;
    const portmapper = portmapperOf(server, { limitMs: 50, nowMs: () => nowMs });
    expect(await portmapper.register(program)).toEqual([2, 3]);
    const before = server.heard.length;
    expect(await portmapper.register(program)).toEqual([2, 3]);
    expect(server.heard.length).toBe(before);
    nowMs = 5001;
    await portmapper.register(program);
    expect(server.heard.length).toBeGreaterThan(before);
  });

  test('does one thing after the other', async () => {
    const server = await rpcbind();
    const portmapper = portmapperOf(server);
    void portmapper.register(program);
    void portmapper.unregister(program);
    await portmapper.settled();
    expect(server.table.size).toBe(0);
  });
});
