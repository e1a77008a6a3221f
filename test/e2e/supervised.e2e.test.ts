// The daemon under a service manager: what it says, what is kept for it, and whether systemd accepts the unit.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { call, exchange } from './support/clients.ts';
import { output, run } from './support/command.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { DAEMON, daemonFolder, REPOSITORY, startDaemon } from './support/daemon.ts';
import { isAlive } from './support/processes.ts';
import { startManager } from './support/service-manager.ts';
import type { ServiceManager } from './support/service-manager.ts';
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
  const order = ['FDSTORE=1', 'READY=1', 'RELOADING=1', 'READY=1', 'RELOADING=1', 'READY=1'];
  expect(manager.notices.map((notice) => notice.text.split('\n')[0])).toEqual(order);
  expect(manager.notices[2]?.text).toMatch(/^MONOTONIC_USEC=\d+$/m);
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
  await until('the daemon ends', () => daemon.process.exitCode !== null);
});

test('a manager that takes nothing delays nobody and hears everything later', async () => {
  const manager = await startManager('@manager', 'busy');
  const port = freshPort();
  await startDaemon(defaults() + builtin('daytime', { port }), { env: { NOTIFY_SOCKET: '@manager' } });
  expect(await exchange(port)).toMatch(/^\d\d [A-Z]{3}/);
  manager.awake();
  await manager.hears(/^READY=1$/m);
});

/** Runs under the manager until it is told to stop, or the test ends. */
async function startUnder(
  manager: ServiceManager,
  folder: string,
  text: string,
  times: number,
): Promise<() => Promise<void>> {
  writeFileSync(join(folder, 'conf'), text);
  const files = ['-filelog', join(folder, 'log'), '-pidfile', join(folder, 'pid'), '-f', join(folder, 'conf')];
  manager.start([...DAEMON, '-dontfork', ...files]);
  await manager.hears(/^READY=1$/m, times);
  const pid = Number(readFileSync(join(folder, 'pid'), 'latin1'));
  const stop = async (): Promise<void> => {
    if (isAlive(pid)) process.kill(pid, 'SIGTERM');
    await until('the daemon ends', () => !isAlive(pid));
  };
  afterTest(stop);
  return stop;
}

test('the manager keeps the listening sockets over a restart', async () => {
  const manager = await startManager('@manager');
  const folder = daemonFolder();
  const port = freshPort(2);
  const text = defaults() + builtin('daytime', { port }) + builtin('time', { port: port + 1, flags: 'IPv4' });
  const stop = await startUnder(manager, folder, text, 1);
  expect(await manager.hears(/^FDSTORE=1$/m, 2)).toMatchObject({ descriptors: 1 });
  await stop();
  const early = call(port);
  await early;
  await startUnder(manager, folder, text, 2);
  await (await early).hears(/^\d\d [A-Z]{3}/);
  expect(readFileSync(join(folder, 'log'), 'latin1')).toMatch(/Service daytime uses inherited socket 3 "@ipv6-/);
});

test('a unix socket is bound anew after a restart', async () => {
  const manager = await startManager('@manager');
  const folder = daemonFolder();
  const text = defaults() + builtin('daytime', { protocol: undefined, socket_path: join(folder, 'socket') });
  const stop = await startUnder(manager, folder, text, 1);
  await stop();
  await startUnder(manager, folder, text, 2);
  expect(manager.notices.filter((notice) => notice.descriptors > 0)).toEqual([]);
  expect((await run('curl', ['-s', '--http0.9', '--unix-socket', join(folder, 'socket'), 'http://x/'])).stdout).toMatch(
    /^\d\d [A-Z]{3}/,
  );
});

test('the manager forgets the sockets of services that go off or are no more', async () => {
  const manager = await startManager('@manager');
  const folder = daemonFolder();
  const port = freshPort(3);
  const [off, gone, stays] = [0, 1, 2].map((index) =>
    builtin('daytime', { id: `d${index}`, port: port + index, ...(index === 0 ? { cps: '1 600' } : {}) }),
  );
  const text = defaults() + off + gone + stays;
  const stop = await startUnder(manager, folder, text, 1);
  await Promise.allSettled(Array.from({ length: 3 }, () => exchange(port)));
  await manager.hears(new RegExp(`^FDSTOREREMOVE=1\nFDNAME=@ipv6-stream-__-${port}$`));
  await expect(call(port)).rejects.toThrow(/ECONNREFUSED/);
  await stop();
  await startUnder(manager, folder, defaults() + stays, 2);
  await manager.hears(new RegExp(`^FDSTOREREMOVE=1\nFDNAME=@ipv6-stream-__-${port + 1}$`));
  await expect(call(port + 1)).rejects.toThrow(/ECONNREFUSED/);
  expect(await exchange(port + 2)).toMatch(/^\d\d [A-Z]{3}/);
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
