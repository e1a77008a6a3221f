// `wait = yes`: one server has the socket until it ends. A TCP server that accepts by itself, file transfer over datagrams,
// and servers that die without doing anything.

import { createSocket } from 'node:dgram';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { call, exchange } from './support/clients.ts';
import { output, run } from './support/command.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import type { Attributes } from './support/configuration.ts';
import { REPOSITORY, startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { childrenOf } from './support/processes.ts';
import { until } from './support/wait.ts';

const WAITING = '/run/waiting';
const LOG = { log_type: 'FILE {audit}', log_on_success: 'PID HOST EXIT', cps: '100000 1' };
const DATAGRAM = { socket_type: 'dgram', protocol: 'udp' };

beforeAll(async () => {
  await output('gcc', ['-O1', '-Wall', '-o', WAITING, `${REPOSITORY}/test/fixtures/programs/waiting.c`]);
});

interface Waiting {
  readonly daemon: Daemon;
  readonly port: number;
}

/** A service with `wait = yes`, whose servers end with the test. */
async function waiting(attributes: Attributes): Promise<Waiting> {
  const port = freshPort();
  const daemon = await startDaemon(defaults(LOG) + service('held', { port, wait: 'yes', ...attributes }));
  afterTest(() => childrenOf(daemon.pid).forEach(({ pid }) => process.kill(pid, 'SIGKILL')));
  return { daemon, port };
}

const starts = (daemon: Daemon): number => daemon.audit.filter((line) => line.includes(' START: ')).length;

test('one TCP server greets every client, the next takes over', async () => {
  const { daemon, port } = await waiting({ server: WAITING, server_args: '3' });
  const greetings = [];
  for (let client = 0; client < 6; client += 1) greetings.push(await exchange(port));
  expect(new Set(greetings).size).toBe(2);
  const lines = await daemon.audits(4);
  expect(lines[0]).toMatch(/START: held pid=\d+ from=<no address>$/);
  expect(lines[1]).toMatch(/EXIT: held status=0 pid=\d+/);
});

test('servers for one client each are not held back', async () => {
  const { daemon, port } = await waiting({ server: WAITING, server_args: '1 3' });
  for (let client = 0; client < 40; client += 1) expect(await exchange(port)).toMatch(/^\d+\n$/);
  expect(daemon.log).not.toMatch(/delayed/);
});

test('a server that never accepts is started ever more rarely, and heals', async () => {
  const flag = '/run/works';
  writeFileSync('/run/sick', `#!/bin/sh\n[ -e ${flag} ] && exec ${WAITING} 100\nexit 0\n`);
  chmodSync('/run/sick', 0o755);
  const { daemon, port } = await waiting({ server: '/run/sick' });
  const client = await call(port);
  await daemon.logs(/ERROR: service held: its servers end without taking what waits for them, starts are delayed/);
  const before = starts(daemon);
  expect(before).toBeLessThanOrEqual(10);
  await pause(1000);
  expect(starts(daemon) - before).toBeLessThanOrEqual(4);
  writeFileSync(flag, '');
  expect(await client.hears(/^\d+\n$/)).toBeDefined();
  for (const { pid } of childrenOf(daemon.pid)) process.kill(pid, 'SIGTERM');
  await until('the server has ended', () => childrenOf(daemon.pid).length === 0);
  await exchange(port);
});

test('a program that is gone is tried again rarely, and found when it is back', async () => {
  symlinkSync(WAITING, '/run/coming-and-going');
  const { daemon, port } = await waiting({ server: '/run/coming-and-going', server_args: '9' });
  renameSync('/run/coming-and-going', '/run/gone');
  const client = await call(port);
  await daemon.logs(/starts are delayed/);
  expect(starts(daemon)).toBeLessThanOrEqual(10);
  renameSync('/run/gone', '/run/coming-and-going');
  await client.hears(/^\d+\n$/);
});

test('datagrams that nobody reads start few servers', async () => {
  const { daemon, port } = await waiting({ ...DATAGRAM, server: '/bin/true' });
  const socket = createSocket('udp4');
  afterTest(() => void socket.close());
  const begun = Date.now();
  for (let sent = 0; sent < 200; sent += 1) {
    socket.send(`message ${sent}`, port, '127.0.0.1');
    await pause(5);
  }
  const seconds = Math.ceil((Date.now() - begun) / 1000);
  expect(starts(daemon)).toBeLessThanOrEqual(10 * seconds);
  expect(daemon.log).toMatch(/starts are delayed/);
});

test('every datagram gets its server, though all look the same', async () => {
  const file = '/run/received';
  const taking = `of=${file} oflag=append conv=notrunc bs=64 count=1 status=none`;
  const { daemon, port } = await waiting({ ...DATAGRAM, server: '/bin/dd', server_args: taking });
  const socket = createSocket('udp4');
  afterTest(() => void socket.close());
  const [count, line] = [40, 'the same\n'];
  for (let sent = 0; sent < count; sent += 1)
    await new Promise<void>((resolve) => socket.send(line, port, '127.0.0.1', () => resolve()));
  const received = (): string => (existsSync(file) ? readFileSync(file, 'latin1') : '');
  await until('all are received', () => received().length >= count * line.length);
  expect(received()).toBe(line.repeat(count));
  await daemon.audits(2 * count);
  expect(starts(daemon)).toBe(count);
  expect(daemon.log).not.toMatch(/delayed/);
});

test('a refused sender leaves the service listening', async () => {
  const taking = 'of=/run/admitted bs=64 count=1 status=none';
  const { daemon, port } = await waiting({
    ...DATAGRAM,
    server: '/bin/dd',
    server_args: taking,
    no_access: '127.0.0.9',
    log_on_failure: 'HOST',
  });
  const say = async (from: string): Promise<void> => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, from, resolve));
    await new Promise<void>((resolve) => socket.send('hello', port, '127.0.0.1', () => resolve()));
    socket.close();
  };
  for (let refused = 1; refused <= 3; refused += 1) {
    await say('127.0.0.9');
    await until('it is refused', () => daemon.audit.filter((line) => line.includes(' FAIL: ')).length === refused);
  }
  await say('127.0.0.1');
  await until('the other is served', () => existsSync('/run/admitted'));
});

test('a refused TCP caller is served once it may be', async () => {
  const port = freshPort();
  const text = (attributes: Attributes): string =>
    defaults(LOG) + service('held', { port, wait: 'yes', server: WAITING, server_args: '1', ...attributes });
  const daemon = await startDaemon(text({ access_times: shutNow(), log_on_failure: 'HOST' }));
  const client = await call(port);
  await until('it is refused', () => daemon.audit.some((line) => / FAIL: held time /.test(line)));
  await daemon.reload(text({}));
  await client.hears(/^\d+\n$/);
});

/** A minute that is neither this one nor one of the next. */
function shutNow(): string {
  const hour = (new Date().getHours() + 12) % 24;
  return `${hour}:00-${hour}:01`;
}

test('tftp fetches and stores a file', async () => {
  mkdirSync('/run/tftp', { mode: 0o777 });
  chmodSync('/run/tftp', 0o777);
  const content = Buffer.alloc(100_000, 'The quick brown fox. ').toString('latin1');
  writeFileSync('/run/tftp/file', content);
  const { port } = await waiting({
    ...DATAGRAM,
    server: '/usr/sbin/in.tftpd',
    server_args: '-c -s /run/tftp',
    flags: 'IPv4',
  });
  const client = ['-m', 'binary', '127.0.0.1', String(port)];
  await run('tftp', [...client, '-c', 'get', 'file', '/run/fetched']);
  expect(readFileSync('/run/fetched', 'latin1')).toBe(content);
  await run('tftp', [...client, '-c', 'put', '/run/fetched', 'stored']);
  await until(
    'the file is stored',
    () => existsSync('/run/tftp/stored') && readFileSync('/run/tftp/stored', 'latin1') === content,
  );
});
