// Bytes in and out without waiting: streams, datagrams and the unix socket of syslog.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  closeFd,
  launch,
  launchProfile,
  localPort,
  openUnixDatagram,
  receiveFrom,
  receiveNow,
  replyTo,
  sendNow,
  watchReadable,
  type Datagram,
} from '../../src/native/binding.ts';
import { connection, exitsForTest, openForTest, SHELL } from './support.ts';

const HOME: Datagram = { length: 0, family: 4, port: 0, text: '', words: [0x7f000001, 0, 0, 0] };

async function readable(fd: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const watch = watchReadable(fd, () => {
      watch.close();
      resolve();
    });
  });
}

describe('a stream', () => {
  test('gives what is there, nothing, then its end', async () => {
    const { fd, client } = await connection();
    onTestFinished(() => closeFd(fd));
    const into = new Uint8Array(8);
    expect(receiveNow(fd, into)).toBeUndefined();
    client.write('abc');
    await readable(fd);
    expect([receiveNow(fd, into), ...into.subarray(0, 3)]).toEqual([3, 97, 98, 99]);
    client.end();
    await readable(fd);
    expect(receiveNow(fd, into)).toBe(0);
  });
  test('takes no more than fits', async () => {
    const { fd, client } = await connection();
    onTestFinished(() => closeFd(fd));
    client.pause();
    const chunk = new Uint8Array(1 << 20);
    let sent = 0;
    for (let last = sendNow(fd, chunk); last > 0; last = sendNow(fd, chunk)) sent += last;
    expect(sent).toBeGreaterThan(0);
    expect(sendNow(fd, chunk)).toBe(0);
  });
  test('that the client has reset throws, without a signal', async () => {
    const { fd, client } = await connection();
    onTestFinished(() => closeFd(fd));
    client.resetAndDestroy();
    await once(client, 'close');
    expect(() => sendNow(fd, Buffer.from('x'))).toThrow(expect.objectContaining({ call: 'send', errno: 104 }));
    expect(() => sendNow(fd, Buffer.from('x'))).toThrow(expect.objectContaining({ call: 'send', errno: 32 }));
  });
});

describe('a datagram', () => {
  test.each([
    ['IPv4', { address: '127.0.0.1' }, HOME],
    ['IPv6', { family: 'ipv6', address: '::1' }, { ...HOME, family: 6, words: [0, 0, 0, 1] }],
  ] as const)('of %s tells its sender, who can be answered', async (_title, where, home) => {
    const [server, client] = [openForTest({ ...where, type: 'dgram' }), openForTest({ ...where, type: 'dgram' })];
    const into = new Uint8Array(100);
    expect(receiveFrom(server, into, false)).toBeUndefined();
    expect(replyTo(client, Buffer.from('question'), { ...home, port: localPort(server) })).toBe(true);
    await readable(server);
    const peeked = receiveFrom(server, into, true);
    const taken = receiveFrom(server, into, false);
    expect(taken).toEqual(peeked);
    expect(taken).toEqual({
      length: 8,
      family: home.family,
      port: localPort(client),
      text: home.family === 4 ? '127.0.0.1' : '::1',
      words: home.words,
      scope: 0,
    });
    expect(receiveFrom(server, into, false)).toBeUndefined();
    replyTo(server, Buffer.from('answer'), taken ?? HOME);
    await readable(client);
    expect(Buffer.from(into.subarray(0, receiveFrom(client, into, false)?.length)).toString()).toBe('answer');
  });
  test('longer than the room is cut', async () => {
    const socket = openForTest({ type: 'dgram' });
    replyTo(socket, Buffer.from('0123456789'), { ...HOME, port: localPort(socket) });
    await readable(socket);
    expect(receiveFrom(socket, new Uint8Array(4), false)?.length).toBe(4);
  });
  test('to an address that cannot be throws', () => {
    const socket = openForTest({ type: 'dgram' });
    expect(() => replyTo(socket, Buffer.from('x'), { ...HOME, port: 0 })).toThrow(
      expect.objectContaining({ call: 'sendto', errno: 22 }),
    );
  });
});

describe('a unix datagram socket', () => {
  test('sends until the queue of a silent reader is full', async () => {
    const exits = exitsForTest();
    const folder = mkdtempSync(join(tmpdir(), 'unix-datagram-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'log');
    const program = `use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0); bind(S, sockaddr_un("${path}")); print "ready"; close STDOUT;
      shutdown(STDERR, 1); sleep 60;`;
    const { fd: control, client } = await connection();
    const said = once(client, 'data');
    const pid = launch(launchProfile({ ...SHELL, path: '/usr/bin/perl', argv: ['perl', '-e', program] }), control, []);
    closeFd(control);
    await said;
    const fd = openUnixDatagram(path);
    let lines = 0;
    while (sendNow(fd, Buffer.from('line')) === 4) lines++;
    closeFd(fd);
    process.kill(pid);
    await exits.of(pid);
    expect(lines).toBeGreaterThan(0);
  });
  test.each([
    ['a path without a socket', '/nonexistent/log', 'connect', 2],
    ['a path that is too long', `/${'x'.repeat(200)}`, 'connect', 36],
    ['a path that is no socket', '/dev/null', 'connect', 111],
  ])('is refused for %s', (_title, path, call, errno) => {
    expect(() => openUnixDatagram(path)).toThrow(expect.objectContaining({ call, errno, subject: path }));
  });
});
