// `redirect`: connections are passed on to another port, family or name, each side may finish alone, and the log counts.

import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { call, exchange } from './support/clients.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { startNameServer } from './support/name-server.ts';
import { until } from './support/wait.ts';

/** A target that answers once its client has finished speaking. */
function listen(port: number, host: string, answer: (heard: string) => string): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
    let heard = '';
    socket.setEncoding('latin1').on('data', (more: string) => (heard += more));
    socket.on('end', () => socket.end(answer(heard))).on('error', () => undefined);
  });
  afterTest(() => new Promise((resolve) => server.close(resolve)));
  return new Promise((resolve) => server.listen({ port, host }, resolve));
}

interface Relay {
  readonly daemon: Daemon;
  readonly port: number;
  readonly to: number;
}

async function relaying(host: string, attributes: Readonly<Record<string, string>> = {}): Promise<Relay> {
  const [port, to] = [freshPort(), freshPort()];
  const log = { log_type: 'FILE {audit}', log_on_success: 'PID HOST EXIT TRAFFIC' };
  const daemon = await startDaemon(defaults(log) + service('pass', { port, redirect: `${host} ${to}`, ...attributes }));
  return { daemon, port, to };
}

const length = (heard: string): string => `${heard.length} bytes`;

test('a client may finish speaking before it is answered', async () => {
  const { daemon, port, to } = await relaying('127.0.0.1');
  await listen(to, '127.0.0.1', length);
  expect(await exchange(port, { send: 'x'.repeat(100_007), isHalfClosed: true })).toBe('100007 bytes');
  const lines = await daemon.audits(3);
  expect(lines[0]).toMatch(/: START: pass pid=\d+ from=::ffff:127\.0\.0\.1$/);
  expect(lines[1]).toMatch(/: TRAFFIC: pass in=100007\(bytes\) out=12\(bytes\)$/);
  expect(lines[2]).toMatch(/: EXIT: pass status=0 pid=\d+$/);
});

test('an IPv4 client reaches an IPv6 target', async () => {
  const { port, to } = await relaying('::1');
  await listen(to, '::1', length);
  expect(await exchange(port, { send: 'hello', isHalfClosed: true })).toBe('5 bytes');
});

test('a target is found by its name in /etc/hosts', async () => {
  appendFileSync('/etc/hosts', '127.0.0.3 backend.test\n');
  const { port, to } = await relaying('backend.test');
  await listen(to, '127.0.0.3', length);
  expect(await exchange(port, { send: 'hello', isHalfClosed: true })).toBe('5 bytes');
});

test('a name is looked up again when its time is over', async () => {
  const addresses = { 'moving.test': '127.0.0.3' };
  const asked = await startNameServer({ addresses, ttlSeconds: 1 });
  const { port, to } = await relaying('moving.test');
  await listen(to, '127.0.0.3', () => 'here');
  await listen(to, '127.0.0.4', () => 'there');
  const ask = (): Promise<string> => exchange(port, { isHalfClosed: true });
  const begun = Date.now();
  expect([await ask(), await ask(), await ask()]).toEqual(['here', 'here', 'here']);
  if (Date.now() - begun < 900) expect(asked).toEqual(['moving.test']);
  addresses['moving.test'] = '127.0.0.4';
  await until('the new address is known', async () => (await ask()) === 'there');
});

test('a name that nobody knows is told in the log, and tried again', async () => {
  const addresses: Record<string, string> = {};
  await startNameServer({ addresses });
  const { daemon, port, to } = await relaying('late.test');
  expect(await exchange(port)).toBe('');
  await daemon.logs(/ERROR: can't connect to remote host late\.test: No route to host, no address known/);
  await listen(to, '127.0.0.3', length);
  addresses['late.test'] = '127.0.0.3';
  expect(await exchange(port, { send: 'hello', isHalfClosed: true })).toBe('5 bytes');
});

test('a reload lets connections finish and sends new ones to the new target', async () => {
  const [port, before, after] = [freshPort(), freshPort(), freshPort()];
  const log = defaults({ log_type: 'FILE {audit}', log_on_success: 'PID HOST EXIT' });
  const to = (target: number): string => log + service('pass', { port, redirect: `127.0.0.1 ${target}` });
  await listen(before, '127.0.0.1', () => 'before');
  await listen(after, '127.0.0.1', () => 'after');
  const daemon = await startDaemon(to(before));
  const [first, second] = [await call(port), await call(port)];
  await daemon.audits(2);
  await daemon.reload(to(after));
  expect(await exchange(port, { isHalfClosed: true })).toBe('after');
  first.socket.end();
  await first.hears(/^before$/);
  await daemon.reload(log + service('other', { port: freshPort(), redirect: `127.0.0.1 ${after}` }));
  second.say('still here');
  second.socket.end();
  await second.hears(/^before$/);
  expect((await daemon.audits(6)).filter((line) => / EXIT: pass status=0 pid=/.test(line))).toHaveLength(3);
});

test('twist of hosts.allow takes the place of the target', async () => {
  writeFileSync('/etc/hosts.allow', 'pass: ALL: twist echo twisted for %a; exit 3\n');
  afterTest(() => rmSync('/etc/hosts.allow'));
  const { daemon, port } = await relaying('127.0.0.1');
  expect(await exchange(port)).toBe('twisted for 127.0.0.1\n');
  expect((await daemon.audits(2))[1]).toMatch(/ EXIT: pass status=3 /);
});

test('a target that refuses is told in the log', async () => {
  const { daemon, port } = await relaying('127.0.0.1');
  expect(await exchange(port)).toBe('');
  await daemon.logs(/ERROR: can't connect to remote host 127\.0\.0\.1: Connection refused \(errno = 111\)/);
  const [, exit] = await daemon.audits(2);
  expect(exit).toMatch(/: EXIT: pass status=0/);
});

test('a redirected connection counts as a running server', async () => {
  const { daemon, port, to } = await relaying('127.0.0.1', { instances: '1', log_on_failure: 'HOST' });
  await listen(to, '127.0.0.1', length);
  const first = await call(port);
  await daemon.audits(1);
  expect(await exchange(port)).toBe('');
  expect((await daemon.audits(2))[1]).toMatch(/: FAIL: pass service_limit from=::ffff:127\.0\.0\.1$/);
  first.hangUp();
  await daemon.audits(4);
  expect(await exchange(port, { send: 'now', isHalfClosed: true })).toBe('3 bytes');
});

test('TERM ends connections with an EXIT line', async () => {
  const { daemon, port, to } = await relaying('127.0.0.1');
  await listen(to, '127.0.0.1', length);
  const client = await call(port);
  await daemon.audits(1);
  daemon.signal('SIGTERM');
  expect((await daemon.audits(2))[1]).toMatch(/: EXIT: pass signal=15/);
  client.hangUp();
});
