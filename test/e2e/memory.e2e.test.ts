// Memory: what a busy time has taken is given back once the daemon is idle, and reloads leave nothing behind.

import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exchange } from './support/clients.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { statusField } from './support/processes.ts';
import { until } from './support/wait.ts';

const RELOADS = 150;
/** Program text that is mapped in: little once the daemon has given back what it does not need. */
const IDLE_TEXT_KB = 4096;

const kilobytes = ({ pid }: Daemon, field: string): number => Number.parseInt(statusField(pid, field) ?? '', 10);

/** Own memory once the daemon is idle. */
async function idleMemory(daemon: Daemon): Promise<number> {
  await until('the daemon is idle', () => kilobytes(daemon, 'RssFile') < IDLE_TEXT_KB);
  return kilobytes(daemon, 'RssAnon');
}

async function reloadOften(daemon: Daemon, text: string): Promise<void> {
  for (let times = 0; times < RELOADS; times += 1) await daemon.reload(text);
}

test('many reloads leave no memory and no descriptor behind', async () => {
  const port = freshPort(10);
  const text =
    defaults({ log_type: 'FILE {audit}' }) +
    Array.from({ length: 10 }, (_, index) =>
      service(`s${index}`, { port: port + index, server: '/bin/cat', only_from: '127.0.0.1 10.0.0.0/8', env: 'A=1' }),
    ).join('');
  const daemon = await startDaemon(text);
  // Code that runs often is compiled once.
  await reloadOften(daemon, text);
  const before = await idleMemory(daemon);
  const descriptors = readdirSync(`/proc/${daemon.pid}/fd`).length;
  await reloadOften(daemon, text);
  expect(await idleMemory(daemon)).toBeLessThan(before + 3072);
  // One or two come and go: a file just being read, a connection of the control socket.
  expect(readdirSync(`/proc/${daemon.pid}/fd`).length).toBeLessThan(descriptors + 5);
});

test('a burst of connections is forgotten', async () => {
  const port = freshPort();
  const daemon = await startDaemon(defaults() + builtin('daytime', { port }));
  await exchange(port);
  const before = await idleMemory(daemon);
  for (let round = 0; round < 50; round += 1) await Promise.all(Array.from({ length: 50 }, () => exchange(port)));
  expect(await idleMemory(daemon)).toBeLessThan(before + 4096);
});
