// Sockets that came with the process: what they are told to be, and a descriptor of our own for one of them.
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { adoptSocket, closeFd, closeOnExec, describeSocket, localPort } from '../../src/native/binding.ts';
import { openForTest } from './support.ts';

const OPTIONS = { isNoDelay: true, isKeepAlive: true, backlog: 5 };

describe('a described socket', () => {
  test('tells family, type, address and port', () => {
    const fd = openForTest();
    expect(describeSocket(fd)).toEqual({
      family: 'ipv4',
      type: 'stream',
      isListening: true,
      isV6Only: false,
      address: '127.0.0.1',
      port: localPort(fd),
      scope: 0,
    });
  });
  test('of IPv6 tells whether it takes IPv4', () => {
    for (const isV6Only of [true, false])
      expect(describeSocket(openForTest({ family: 'ipv6', address: '', isV6Only }))).toMatchObject({
        family: 'ipv6',
        address: '::',
        isV6Only,
      });
  });
  test('of datagrams never listens', () => {
    expect(describeSocket(openForTest({ type: 'dgram' }))).toMatchObject({ type: 'dgram', isListening: false });
  });
  test.each(['path', 'abstract'])('of the unix family tells its %s', async (kind) => {
    const folder = mkdtempSync(join(tmpdir(), 'inherited-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = kind === 'path' ? join(folder, 'socket') : `\0${folder}`;
    const server = createServer().listen(path);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const table = readFileSync('/proc/net/unix', 'latin1');
    expect(table).toContain(path.replace('\0', '@'));
    const described = Array.from({ length: 64 }, (_, fd) => describeSocket(fd));
    expect(described).toContainEqual(
      expect.objectContaining({ family: 'unix', type: 'stream', isListening: true, address: path.replace('\0', '@') }),
    );
  });
  test('is none where the descriptor is something else', () => {
    const file = openSync('/dev/null', 'r');
    expect(describeSocket(file)).toBeUndefined();
    closeSync(file);
    expect(describeSocket(9999)).toBeUndefined();
  });
});

describe('an adopted socket', () => {
  test('is another descriptor of the same, closed on exec', () => {
    const fd = openForTest();
    const own = adoptSocket(fd, OPTIONS);
    onTestFinished(() => closeFd(own));
    expect([own === fd, localPort(own)]).toEqual([false, localPort(fd)]);
    expect(readFileSync(`/proc/self/fdinfo/${own}`, 'utf8')).toMatch(/flags:\s*02[0-7]{6}$/m);
  });
  test('of datagrams takes no options of TCP', () => {
    const fd = openForTest({ type: 'dgram' });
    const own = adoptSocket(fd, { ...OPTIONS, isNoDelay: false });
    onTestFinished(() => closeFd(own));
    expect(describeSocket(own)?.type).toBe('dgram');
    expect(() => adoptSocket(fd, OPTIONS)).toThrow('setsockopt TCP_NODELAY');
  });
  test('has to be one', () => {
    expect(() => adoptSocket(9999, OPTIONS)).toThrow('fcntl: Bad file descriptor');
    expect(() => closeOnExec(9999)).toThrow('fcntl: Bad file descriptor');
  });
});
