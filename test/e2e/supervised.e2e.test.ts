// The daemon under a service manager and as the first process of a container.

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { call, exchange } from './support/clients.ts';
import { output, run } from './support/command.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { DAEMON, daemonFolder, REPOSITORY, startDaemon } from './support/daemon.ts';
import { childrenOf, isAlive, statusField } from './support/processes.ts';
import { startManager } from './support/service-manager.ts';
import { until } from './support/wait.ts';

test.for(['/run/manager', '@manager'])('a manager at %s hears when the services are up', async (address) => {
  const manager = await startManager(address);
  await startDaemon(defaults() + builtin('daytime', { port: freshPort() }), { env: { NOTIFY_SOCKET: address } });
  expect(await manager.hears(/^READY=1$/m)).toMatchObject({ text: 'READY=1\nSTATUS=1 service, 0 running servers' });
});

test('a reload is announced and ended, and a refused one named', async () => {
  const manager = await startManager('@manager');
  const text = defaults() + builtin('daytime', { port: freshPort() });
  const daemon = await startDaemon(text, { env: { NOTIFY_SOCKET: '@manager' } });
  await daemon.reload(text);
  await manager.hears(/^READY=1$/m, 2);
  await daemon.reload(text.replace('daytime', 'daytime\n{'));
  await manager.hears(/^READY=1\nSTATUS=reload refused; 1 service/, 1);
  const order = ['READY=1', 'RELOADING=1', 'READY=1', 'RELOADING=1', 'READY=1'];
  expect(manager.notices.map((notice) => notice.text.split('\n')[0])).toEqual(order);
  expect(manager.notices[1]?.text).toMatch(/^MONOTONIC_USEC=\d+$/m);
});

test('the watchdog is fed while the daemon is idle', async () => {
  const manager = await startManager('@manager');
  const env = { NOTIFY_SOCKET: '@manager', WATCHDOG_USEC: '100000' };
  await startDaemon(defaults() + builtin('daytime', { port: freshPort() }), { env });
  await manager.hears(/^WATCHDOG=1\nSTATUS=1 service, 0 running servers$/, 3);
});

test('the end is announced', async () => {
  const manager = await startManager('@manager');
  const text = defaults() + builtin('daytime', { port: freshPort() });
  const daemon = await startDaemon(text, { env: { NOTIFY_SOCKET: '@manager' } });
  daemon.signal('SIGTERM');
  await manager.hears(/^STOPPING=1$/m);
});

test('a manager that takes nothing delays nobody and hears everything later', async () => {
  const manager = await startManager('@manager', 'busy');
  const port = freshPort();
  await startDaemon(defaults() + builtin('daytime', { port }), { env: { NOTIFY_SOCKET: '@manager' } });
  expect(await exchange(port)).toMatch(/^\d\d [A-Z]{3}/);
  manager.awake();
  await manager.hears(/^READY=1$/m);
});

test('servers see nothing of the manager', async () => {
  const port = freshPort();
  await startManager('@manager');
  const env = { NOTIFY_SOCKET: '@manager', WATCHDOG_USEC: '9000000', WATCHDOG_PID: '1' };
  await startDaemon(defaults() + service('env', { port, server: '/usr/bin/env' }), { env });
  expect(await exchange(port)).not.toMatch(/NOTIFY|WATCHDOG/);
});

test.for([
  ['the unit', [], 8.5],
  ['the unit with the strict drop-in', ['xinetd-ts-strict.conf'], 3],
] as const)('systemd accepts %s', async ([, additions, mostExposed]) => {
  const folder = daemonFolder();
  const unit = join(folder, 'xinetd-ts.service');
  const text = (name: string): string => readFileSync(join(REPOSITORY, 'etc', name), 'latin1');
  const installed = [text('xinetd-ts.service'), ...additions.map(text)].join('\n');
  writeFileSync(unit, installed.replaceAll('/usr/bin/xinetd-ts ', `${DAEMON.at(-1)} `));
  expect(await run('systemd-analyze', ['verify', '--man=no', unit])).toMatchObject({ status: 0, stderr: '' });
  const judged = await output('systemd-analyze', ['security', '--offline=yes', '--no-pager', unit]);
  expect(Number(/exposure level for \S+: ([\d.]+)/.exec(judged)?.[1])).toBeLessThanOrEqual(mostExposed);
});

test('the first process of a container ends its servers and itself, and reaps what others leave', async () => {
  const folder = daemonFolder();
  const port = freshPort(2);
  const orphans = '/bin/sh\n\tserver_args = -c (/bin/true;true)&exit';
  const text =
    defaults() + service('cat', { port, server: '/bin/cat' }) + service('o', { port: port + 1, server: orphans });
  writeFileSync(join(folder, 'conf'), text);
  const words = ['-pf', '--kill-child', '--mount-proc', ...DAEMON, '-dontfork', '-f', join(folder, 'conf')];
  const container = spawn('unshare', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  afterTest(() => container.kill('SIGKILL'));
  let said = '';
  container.stderr.setEncoding('latin1').on('data', (heard: string) => (said += heard));
  await until(`the start of ${said}`, () => /Started working/.test(said));
  const [daemon] = childrenOf(container.pid ?? 0);
  const pid = daemon?.pid ?? 0;
  expect(statusField(pid, 'NSpid')).toMatch(/\t1$/);
  const client = await call(port);
  client.say('here\n');
  await client.hears(/here/);
  await Promise.all(Array.from({ length: 10 }, () => exchange(port + 1)));
  await until('one server is left', () => childrenOf(pid).length === 1);
  process.kill(pid, 'SIGTERM');
  await until('the container ends', () => container.exitCode !== null);
  expect(container.exitCode).toBe(0);
  expect(said).toMatch(/Sending signal 15 to 1 running server/);
  await client.ends();
  expect(isAlive(pid)).toBe(false);
});
