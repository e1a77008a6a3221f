// When the surroundings fail: a port in use, an address that is not there, a program that vanishes, too many or too few
// descriptors, a signal that hits a server before it is a server. The rest serves, and what failed heals.

import { chmodSync, copyFileSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { call, exchange } from './support/clients.ts';
import { output } from './support/command.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import { childrenOf } from './support/processes.ts';
import { injectFaults } from './support/strace.ts';
import { until } from './support/wait.ts';

const DATE = /^\d\d [A-Z]{3} \d{4}/;

/** Occupies a port until the returned function is called. */
function occupy(port: number): Promise<() => Promise<unknown>> {
  const squatter = createServer();
  const leave = (): Promise<unknown> => new Promise((resolve) => squatter.close(resolve));
  return new Promise((resolve) => squatter.listen(port, '127.0.0.1', () => resolve(leave)));
}

test('a port in use stops one service, and a reload brings it back', async () => {
  const port = freshPort(2);
  const leave = await occupy(port);
  const text =
    defaults() +
    builtin('daytime', { port, id: 'taken', bind: '127.0.0.1' }) +
    builtin('daytime', { port: port + 1, id: 'free' });
  const daemon = await startDaemon(text);
  expect(daemon.log).toMatch(/ERROR: bind failed \(Address already in use \(errno = 98\)\)\. service = taken/);
  expect(await exchange(port + 1)).toMatch(DATE);
  await leave();
  await daemon.reload(text);
  expect(await exchange(port)).toMatch(DATE);
});

test('an absent address stops one service, and a reload brings it back', async () => {
  const port = freshPort(2);
  const text =
    defaults() +
    builtin('daytime', { port, id: 'absent', bind: '10.7.7.7' }) +
    builtin('daytime', { port: port + 1, id: 'present' });
  const daemon = await startDaemon(text);
  expect(daemon.log).toMatch(
    /ERROR: bind failed \(Cannot assign requested address \(errno = 99\)\)\. service = absent/,
  );
  expect(await exchange(port + 1)).toMatch(DATE);
  await output('ip', ['addr', 'add', '10.7.7.7/32', 'dev', 'lo']);
  await daemon.reload(text);
  expect(await exchange(port, { host: '10.7.7.7' })).toMatch(DATE);
});

test('a vanished program closes its callers and heals when it is back', async () => {
  const port = freshPort();
  copyFileSync('/bin/echo', '/run/program');
  chmodSync('/run/program', 0o755);
  const fragile = service('fragile', {
    port,
    server: '/run/program',
    server_args: 'here',
    log_type: 'FILE {audit}',
    log_on_success: 'EXIT',
  });
  const daemon = await startDaemon(defaults() + fragile);
  renameSync('/run/program', '/run/program.away');
  expect(await exchange(port, { limitMs: 1000 })).toBe('');
  await daemon.logs(/ERROR: execv\( \/run\/program \) failed: No such file or directory \(errno = 2\)/);
  expect((await daemon.audits(2))[1]).toMatch(/EXIT: fragile status=126$/);
  renameSync('/run/program.away', '/run/program');
  expect(await exchange(port)).toBe('here\n');
});

test.for([
  ['few', '32'],
  ['as many as allowed', '$(ulimit -Hn)'],
] as const)('%s descriptors allow a start and service', async ([, limit]) => {
  const port = freshPort();
  const begun = performance.now();
  await startDaemon(defaults() + builtin('daytime', { port }), {
    wrapper: ['sh', '-c', `ulimit -n ${limit}; exec "$@"`, 'sh'],
  });
  expect(performance.now() - begun).toBeLessThan(3000);
  expect(await exchange(port)).toMatch(DATE);
});

test('what does not fit into the descriptors is named, the rest serves', async () => {
  const first = freshPort(50);
  const fifty = Array.from({ length: 50 }, (_, index) =>
    builtin('daytime', { id: `daytime-${index}`, port: first + index }),
  );
  const daemon = await startDaemon(defaults() + fifty.join(''), { wrapper: ['prlimit', '--nofile=40:40'] });
  expect(daemon.log).toMatch(/daytime-49.*|Too many open files/);
  expect(await exchange(first)).toMatch(DATE);
});

test('a full descriptor table is an outage of no more than a second', async () => {
  const port = freshPort(2);
  const text = defaults() + service('cat', { port, server: '/bin/cat' }) + builtin('daytime', { port: port + 1 });
  const daemon = await startDaemon(text);
  await injectFaults(daemon.pid, 'accept,accept4', 'error=EMFILE:when=1..3');
  const begun = performance.now();
  expect(await exchange(port + 1)).toMatch(DATE);
  expect(performance.now() - begun).toBeLessThan(1000);
});

test('a signal to a server that has not started yet spares the daemon', async () => {
  const port = freshPort();
  const slow = service('slow', { port, server: '/bin/cat', log_type: 'FILE {audit}', log_on_success: 'PID EXIT' });
  const daemon = await startDaemon(defaults() + slow);
  const heal = await injectFaults(daemon.pid, 'execve', 'delay_enter=500000');
  const client = await call(port);
  const [unborn] = await until('the child is there', () => {
    const children = childrenOf(daemon.pid).filter(({ name }) => name !== 'cat');
    return children.length > 0 && children;
  });
  process.kill(unborn?.pid ?? 0, 'SIGTERM');
  await client.ends();
  expect((await daemon.audits(2))[1]).toMatch(/EXIT: slow signal=15 pid=\d+$/);
  await heal();
  expect(await exchange(port, { send: 'alive', isHalfClosed: true })).toBe('alive');
});
