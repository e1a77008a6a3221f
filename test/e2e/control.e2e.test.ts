// The commands that ask the running daemon: a reload that says what it changes, the status, the grace of removed services.

import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { call, exchange } from './support/clients.ts';
import { run } from './support/command.ts';
import type { CommandResult } from './support/command.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { DAEMON, startDaemon } from './support/daemon.ts';
import { isAlive, childrenOf } from './support/processes.ts';
import { until } from './support/wait.ts';

const [PROGRAM = '', ...WORDS] = DAEMON;
const ask = (...words: readonly string[]): Promise<CommandResult> => run(PROGRAM, [...WORDS, ...words]);

const cat = (port: number, attributes: Readonly<Record<string, string>> = {}): string =>
  service('cat', { port, server: '/bin/cat', ...attributes });

test('a dry run says what would change and changes nothing', async () => {
  const port = freshPort();
  const daemon = await startDaemon(defaults() + cat(port));
  writeFileSync(daemon.path('conf'), defaults() + cat(port, { only_from: '10.0.0.0/8', instances: '5' }));
  const told = await ask('reload', '--dry-run');
  expect(told.status).toBe(0);
  expect(told.stdout).toMatch(/^cat changes\n {2}instances +UNLIMITED -> 5\n {2}only_from +- -> 10\.0\.0\.0\/8\n/m);
  expect(told.stdout).toMatch(/^would be accepted: 1 changed, 0 unchanged$/m);
  const client = await call(port);
  client.say('still open\n');
  await client.hears(/still open/);
  client.hangUp();
});

test('a reload answers when it is done', async () => {
  const port = freshPort(2);
  const daemon = await startDaemon(defaults() + cat(port));
  writeFileSync(daemon.path('conf'), defaults() + cat(port) + builtin('daytime', { port: port + 1 }));
  const told = await ask('reload');
  expect(told).toMatchObject({ status: 0, stdout: 'daytime starts\nreloaded: 1 changed, 1 unchanged\n' });
  expect(await exchange(port + 1)).toMatch(/^\d\d [A-Z]{3}/);
});

test('a reload that is refused says why', async () => {
  const port = freshPort();
  const daemon = await startDaemon(defaults() + cat(port));
  writeFileSync(daemon.path('conf'), defaults() + cat(port, { instances: 'many' }));
  const told = await ask('reload');
  expect(told.status).toBe(1);
  expect(told.stdout).toMatch(
    /conf:\d+:\d+: error XC150: .*\n {4}hint: .*\nrefused: the configuration in force stays\n$/,
  );
});

test('nobody answers without a daemon', async () => {
  expect(await ask('reload', '--control', '/nowhere')).toMatchObject({ status: 3, stdout: '' });
  expect(await ask('status', '--control', '/nowhere')).toMatchObject({ status: 3, stdout: '' });
});

test('the status counts what was served and refused', async () => {
  const port = freshPort(2);
  await startDaemon(
    defaults() + cat(port) + service('shut', { port: port + 1, server: '/bin/cat', no_access: '0.0.0.0' }),
  );
  const client = await call(port);
  client.say('here\n');
  await client.hears(/here/);
  await exchange(port + 1);
  const told = await ask('status');
  expect(told.stdout).toMatch(
    /^cat +active +stream\/\d+ +1 +1\/10000 +1 +0\n {2}\d+ from 127\.0\.0\.1 for \d+s, cpu 0\.\d\ds$/m,
  );
  expect(told.stdout).toMatch(/^shut +active +stream\/\d+ +0 +1\/10000 +0 +1 \(address 1\)$/m);
  expect(JSON.parse((await ask('status', '--json')).stdout)).toMatchObject({ runningServers: 1 });
  client.hangUp();
});

test('servers of a removed service have their grace and no more', async () => {
  const port = freshPort(2);
  const other = builtin('daytime', { port: port + 1 });
  const daemon = await startDaemon(defaults() + cat(port, { reload_grace: '1' }) + other);
  const client = await call(port);
  client.say('here\n');
  await client.hears(/here/);
  const [server] = childrenOf(daemon.pid);
  await daemon.reload(defaults() + other);
  expect(isAlive(server?.pid ?? 0)).toBe(true);
  await until('the server is ended', () => !isAlive(server?.pid ?? 0));
  await daemon.logs(/NOTICE: cat: ending 1 server after 1 second\(s\) of grace/);
  client.hangUp();
});
