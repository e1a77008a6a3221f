// Sockets as descriptors: opening, port, blocking mode, shutting down, and what a refusal says.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  closeFd,
  localPort,
  openSocket,
  receiveFrom,
  setBlocking,
  setFilter,
  shutdownFd,
} from '../../src/native/binding.ts';
import { SystemError } from '../../src/native/system-error.ts';
import { connection, LOOPBACK, openForTest, received } from './support.ts';

function flags(fd: number): number {
  return Number.parseInt(/flags:\s*(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '', 8);
}

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('an opened socket', () => {
  test('is bound to the port that is told', () => {
    const port = localPort(openForTest());
    expect(port).toBeGreaterThan(0);
    expect(thrown(() => openSocket({ ...LOOPBACK, port }))).toMatchObject({
      call: 'bind',
      errno: 98,
      subject: `127.0.0.1 port ${port}`,
      reason: 'Address already in use',
    });
  });
  test('is closed on exec', () => {
    expect(flags(openForTest()) & 0o2000000).toBe(0o2000000);
  });
  test('of IPv6 only leaves IPv4 to others', () => {
    const port = localPort(openForTest({ family: 'ipv6', address: '', isV6Only: true }));
    expect(localPort(openForTest({ address: '', port }))).toBe(port);
  });
  test('of IPv6 takes IPv4 too unless told', () => {
    const port = localPort(openForTest({ family: 'ipv6', address: '' }));
    expect(thrown(() => openSocket({ ...LOOPBACK, address: '', port }))).toMatchObject({ call: 'bind', errno: 98 });
  });
  test.each(['stream', 'dgram'] as const)('may be of type %s', (type) => {
    expect(localPort(openForTest({ type }))).toBeGreaterThan(0);
  });
  test('takes the interface of an IPv6 address by name or number', () => {
    for (const address of ['::1%lo', '::1%1'])
      expect(localPort(openForTest({ family: 'ipv6', address }))).toBeGreaterThan(0);
  });
  test('takes the options of TCP', () => {
    expect(localPort(openForTest({ isNoDelay: true, isKeepAlive: true }))).toBeGreaterThan(0);
  });
  test('joins an IPv4 multicast address', () => {
    const fd = openForTest({ type: 'dgram', address: '224.0.0.251' });
    expect(readFileSync('/proc/net/igmp', 'utf8')).toContain('FB0000E0');
    expect(localPort(fd)).toBeGreaterThan(0);
  });
  test('has its packet filter from the first packet on', async () => {
    const everything = Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0);
    const fd = openSocket({ ...LOOPBACK, type: 'dgram' }, everything);
    onTestFinished(() => closeFd(fd));
    const client = createSocket('udp4');
    onTestFinished(() => void client.close());
    const say = (text: string): Promise<void> =>
      new Promise((resolve) => client.send(text, localPort(fd), '127.0.0.1', () => resolve()));
    await say('dropped');
    setFilter(fd, new Uint8Array());
    await say('heard');
    const into = new Uint8Array(16);
    expect(Buffer.from(into.subarray(0, receiveFrom(fd, into, false)?.length)).toString()).toBe('heard');
  });
  test('takes no program that is none', () => {
    const program = new Uint8Array(8).fill(255);
    const call = 'setsockopt SO_ATTACH_FILTER';
    expect(thrown(() => openSocket(LOOPBACK, program))).toMatchObject({ call, errno: 22 });
    expect(thrown(() => setFilter(openForTest(), new Uint8Array(8 * 5000)))).toMatchObject({ call, errno: 7 });
  });
  test.each([
    ['an address that is none', { address: 'localhost' }, 'inet_pton', 22],
    ['an address of nobody here', { address: '192.0.2.1' }, 'bind', 99],
    ['an interface that is not there', { family: 'ipv6', address: 'fe80::1%nowhere0' }, 'if_nametoindex', 19],
    ['a link-local address of nobody here', { family: 'ipv6', address: 'fe80::1:2:3%lo' }, 'bind', 99],
    ['an option that the type lacks', { type: 'dgram', isNoDelay: true }, 'setsockopt TCP_NODELAY', 92],
    ['a protocol that the type lacks', { protocol: 17 }, 'socket', 93],
  ] as const)('is refused for %s', (_title, changes, call, errno) => {
    expect(thrown(() => openSocket({ ...LOOPBACK, ...changes }))).toMatchObject({ call, errno });
  });
});

describe('a descriptor', () => {
  test('switches between blocking and not', () => {
    const fd = openForTest();
    setBlocking(fd, false);
    expect(flags(fd) & 0o4000).toBe(0o4000);
    setBlocking(fd, true);
    expect(flags(fd) & 0o4000).toBe(0);
  });
  test('that is not open is an error of each call', () => {
    const calls = [
      () => closeFd(999_999),
      () => localPort(999_999),
      () => setBlocking(999_999, true),
      () => shutdownFd(999_999, 'both'),
    ];
    const names = calls
      .map((call) => thrown(call))
      .map((error) => (error instanceof SystemError ? [error.call, error.errno] : error));
    expect(names).toEqual([
      ['close', 9],
      ['getsockname', 9],
      ['fcntl', 9],
      ['shutdown', 9],
    ]);
  });
  test('shut down for writing ends the client’s stream', async () => {
    const { fd, client } = await connection();
    const text = received(client);
    shutdownFd(fd, 'write');
    expect(await text).toBe('');
    closeFd(fd);
  });
});

describe('a free bind', () => {
  test.each([
    ['ipv4', '192.0.2.1'],
    ['ipv6', '2001:db8::1'],
  ] as const)('of %s takes an address of nobody here', (family, address) => {
    expect(localPort(openForTest({ family, address, isFreeBind: true }))).toBeGreaterThan(0);
  });
});
