// RPC services: a real server that rpcbind knows of while the daemon offers it, called by a real client.

import { appendFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { output, run } from './support/command.ts';
import { startCompanion } from './support/companion.ts';
import { defaults, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { childrenOf } from './support/processes.ts';
import { until } from './support/wait.ts';

const RSTATD = {
  type: 'RPC',
  socket_type: 'dgram',
  protocol: 'udp',
  wait: 'yes',
  server: '/usr/sbin/rpc.rstatd',
};

const statistics = (versions: string): string =>
  defaults({ log_type: 'FILE {audit}', log_on_success: 'PID HOST EXIT' }) +
  service('rstatd', { ...RSTATD, rpc_version: versions });

async function startRpcbind(): Promise<void> {
  startCompanion('rpcbind', ['-f']);
  await until('rpcbind answers', async () => (await run('rpcinfo', ['-p', '127.0.0.1'])).status === 0);
}

/** `version transport` of each registration of rstatd. */
async function registered(): Promise<readonly string[]> {
  const table = await output('rpcinfo', ['127.0.0.1']);
  const rows = table.split('\n').map((row) => row.trim().split(/\s+/));
  return rows.filter(([program]) => program === '100001').map(([, version, transport]) => `${version} ${transport}`);
}

/** A waiting server lives for minutes after its last request; one that is gone by itself is as good. */
function endServers(daemon: Daemon): void {
  afterTest(() => run('kill', ['-KILL', ...childrenOf(daemon.pid).map(({ pid }) => String(pid))]));
}

test('a client finds the server through rpcbind, over IPv4 and IPv6', async () => {
  await startRpcbind();
  const daemon = await startDaemon(statistics('1-3'));
  endServers(daemon);
  expect(await registered()).toEqual(['1 udp', '2 udp', '3 udp', '1 udp6', '2 udp6', '3 udp6']);
  expect(await output('rpcinfo', ['-u', '127.0.0.1', '100001', '3'])).toMatch(/version 3 ready and waiting/);
  expect(await output('rpcinfo', ['-T', 'udp6', '::1', '100001', '3'])).toMatch(/version 3 ready and waiting/);
  expect((await daemon.audits(1))[0]).toMatch(/START: rstatd pid=\d+ from=(::ffff:)?127\.0\.0\.1$/);
});

test('the registration follows a reload and ends with the daemon', async () => {
  await startRpcbind();
  const daemon = await startDaemon(statistics('1-2'));
  await daemon.reload(statistics('2-3'));
  expect(await registered()).toEqual(['2 udp', '3 udp', '2 udp6', '3 udp6']);
  expect(await daemon.stop()).toBe(0);
  expect(await registered()).toEqual([]);
});

test('a killed daemon leaves nothing that hinders the next', async () => {
  await startRpcbind();
  const first = await startDaemon(statistics('3'));
  first.process.kill('SIGKILL');
  await until('it is gone', () => first.process.signalCode !== null);
  const second = await startDaemon(statistics('3'));
  endServers(second);
  expect(await output('rpcinfo', ['-u', '127.0.0.1', '100001', '3'])).toMatch(/version 3 ready and waiting/);
});

test('without rpcbind the service stays out and the others run', async () => {
  const other = service('greeting', { port: 20_900, server: '/bin/echo', server_args: 'hello' });
  const daemon = await startDaemon(statistics('1-2') + other);
  expect(daemon.log).toMatch(/ERROR: pmap_set failed\. service=rstatd program=100001 version=1\n/);
  expect(daemon.log).toMatch(/ERROR: pmap_set failed\. service=rstatd program=100001 version=2\n/);
  expect(daemon.log).toMatch(/ERROR: Service rstatd failed to start and is deactivated\.\n/);
  expect(daemon.log).toMatch(/Started working: 1 available service\n/);
});

test('a given port is kept', async () => {
  await startRpcbind();
  appendFileSync('/etc/rpc', 'statistics 300100\n');
  const given = { ...RSTATD, rpc_version: 1, port: 20_950 };
  await startDaemon(defaults() + service('statistics', given));
  expect(await output('rpcinfo', ['-p', '127.0.0.1'])).toMatch(/300100 +1 +udp +20950 /);
});

test.each([
  [
    'rstatd/2-4 dgram rpc/udp wait root /usr/sbin/rpc.rstatd rpc.rstatd',
    ['2 udp', '3 udp', '4 udp', '2 udp6', '3 udp6', '4 udp6'],
  ],
  ['100001/3 dgram rpc/udp4 wait root /usr/sbin/rpc.rstatd rpc.rstatd', ['3 udp']],
  ['rstatd sunrpc_udp udp4 wait root /usr/sbin/rpc.rstatd rstatd 100001 3', ['3 udp']],
])('a line of inetd.conf is an RPC service: %s', async (line, expected) => {
  await startRpcbind();
  writeFileSync('/etc/inetd.conf', `${line}\n`);
  const daemon = await startDaemon(defaults(), { flags: ['-inetd_compat'] });
  endServers(daemon);
  expect(await registered()).toEqual(expected);
  expect(await output('rpcinfo', ['-u', '127.0.0.1', '100001', '3'])).toMatch(/version 3 ready and waiting/);
});
