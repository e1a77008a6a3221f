// INTERCEPT: while a server has the socket for itself, the kernel keeps from it what only_from and no_access do not let in.

import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { call, exchange } from './support/clients.ts';
import { output } from './support/command.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import type { Attributes } from './support/configuration.ts';
import { REPOSITORY, startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { childrenOf } from './support/processes.ts';
import { until } from './support/wait.ts';

const LOG = { log_type: 'FILE {audit}', log_on_success: 'PID HOST EXIT' };
const [WAITING, LOGGER, LINES] = ['/run/waiting', '/run/error-logger', '/run/error.log'];

beforeAll(async () => {
  for (const [program, source] of [
    [WAITING, 'waiting.c'],
    [LOGGER, 'error-logger.c'],
  ] as const)
    await output('gcc', ['-O1', '-Wall', '-o', program, `${REPOSITORY}/test/fixtures/programs/${source}`]);
});

interface Intercepted {
  readonly daemon: Daemon;
  readonly port: number;
  /** The same service with other rules. */
  readonly reload: (change: Attributes) => Promise<string>;
}

async function intercepted(attributes: Attributes): Promise<Intercepted> {
  const port = freshPort();
  const usual = { port, wait: 'yes', flags: 'INTERCEPT', ...attributes };
  const text = (change: Attributes): string => defaults(LOG) + service('held', { ...usual, ...change });
  const daemon = await startDaemon(text({}));
  afterTest(() => childrenOf(daemon.pid).forEach(({ pid }) => process.kill(pid, 'SIGKILL')));
  return { daemon, port, reload: (change) => daemon.reload(text(change)) };
}

async function sender(from: string): Promise<Socket> {
  const socket = createSocket(from.includes(':') ? 'udp6' : 'udp4');
  afterTest(() => void socket.close());
  await new Promise<void>((resolve) => socket.bind(0, from, resolve));
  return socket;
}

const heard = (): string => (existsSync(LINES) ? readFileSync(LINES, 'latin1') : '');

test('a server of datagrams hears nobody else, whoever has started it', async () => {
  const { port } = await intercepted({
    socket_type: 'dgram',
    protocol: 'udp',
    server: LOGGER,
    server_args: LINES,
    only_from: '127.0.0.0/28 ::1',
    no_access: '127.0.0.9',
  });
  const [friend, foe, stranger, six] = await Promise.all(['127.0.0.1', '127.0.0.9', '127.0.0.77', '::1'].map(sender));
  const say = (socket: Socket | undefined, line: string): Promise<void> =>
    new Promise((resolve) => socket?.send(`${line}\n`, port, socket === six ? '::1' : '127.0.0.1', () => resolve()));
  const lines = ['friend 1', 'friend 2', 'friend 3'];
  for (const line of lines) {
    await say(foe, 'foe');
    await say(stranger, 'stranger');
    await say(friend, line);
  }
  await say(six, 'six');
  await until('all is logged', () => heard().endsWith('six\n'));
  expect(heard()).toBe([...lines, 'six', ''].join('\n'));
});

test('a server that accepts by itself has only callers who may call', async () => {
  const { port } = await intercepted({ server: WAITING, server_args: '9', no_access: '127.0.0.9' });
  const server = await exchange(port);
  await expect(dialled(port, '127.0.0.9')).resolves.toBe(false);
  expect(await exchange(port)).toBe(server);
  expect(await exchange(port, { from: '127.0.0.8' })).toBe(server);
});

test('a reload changes the rules under a running server', async () => {
  const { daemon, port, reload } = await intercepted({ server: WAITING, server_args: '9', only_from: '127.0.0.1' });
  const server = await exchange(port);
  expect(await dialled(port, '127.0.0.8')).toBe(false);
  await reload({ only_from: '127.0.0.8' });
  expect(await exchange(port, { from: '127.0.0.8' })).toBe(server);
  expect(await dialled(port, '127.0.0.1')).toBe(false);
  await reload({ flags: undefined, only_from: '127.0.0.8' });
  await daemon.logs(/NOTICE: Stopping interception for held/);
  expect(await exchange(port)).toBe(server);
});

/** Whether a connection came about; a SYN that nobody answers is taken for lost after a while. */
async function dialled(port: number, from: string): Promise<boolean> {
  const attempt = call(port, { from }).then((conversation) => (conversation.hangUp(), true));
  const patience = new Promise<false>((resolve) => setTimeout(resolve, 150, false));
  return Promise.race([attempt, patience]);
}
