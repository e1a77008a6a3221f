// SIGHUP: services come, go and change while the rest keeps serving; a broken file changes nothing.

import { expect, test } from 'vitest';
import { call, exchange } from './support/clients.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import { childrenOf } from './support/processes.ts';
import { until } from './support/wait.ts';

const DATE = /^\d\d [A-Z]{3} \d{4}/;

const echoing = (id: string, port: number, word: string): string =>
  service(id, { port, server: '/bin/echo', server_args: word });

test('a service is added', async () => {
  const port = freshPort(2);
  const one = echoing('one', port, 'one');
  const daemon = await startDaemon(defaults() + one);
  const outcome = await daemon.reload(defaults() + one + echoing('two', port + 1, 'two'));
  expect(outcome).toBe('Reconfigured: new=1 old=1 dropped=0 (services)');
  expect(await exchange(port)).toBe('one\n');
  expect(await exchange(port + 1)).toBe('two\n');
});

test('a service is removed', async () => {
  const port = freshPort(2);
  const one = echoing('one', port, 'one');
  const daemon = await startDaemon(defaults() + one + echoing('two', port + 1, 'two'));
  const outcome = await daemon.reload(defaults() + one);
  expect(outcome).toBe('Reconfigured: new=0 old=1 dropped=1 (services)');
  await expect(exchange(port + 1)).rejects.toThrow(/ECONNREFUSED/);
});

test('a change applies to the next connection', async () => {
  const port = freshPort();
  const daemon = await startDaemon(defaults() + echoing('one', port, 'before'));
  expect(await exchange(port)).toBe('before\n');
  const outcome = await daemon.reload(defaults() + echoing('one', port, 'after'));
  expect(outcome).toBe('Reconfigured: new=0 old=1 dropped=0 (services)');
  expect(await exchange(port)).toBe('after\n');
  expect(daemon.log).toMatch(/NOTICE: readjusting service one/);
});

test('a new port replaces the old one', async () => {
  const port = freshPort(2);
  const daemon = await startDaemon(defaults() + echoing('one', port, 'one'));
  await daemon.reload(defaults() + echoing('one', port + 1, 'one'));
  expect(await exchange(port + 1)).toBe('one\n');
  await expect(exchange(port)).rejects.toThrow(/ECONNREFUSED/);
});

test('an access list is tightened without a restart', async () => {
  const port = freshPort();
  const open = { port, server: '/bin/echo', server_args: 'in' };
  const daemon = await startDaemon(defaults() + service('one', open));
  expect(await exchange(port)).toBe('in\n');
  await daemon.reload(defaults() + service('one', { ...open, only_from: '10.0.0.0/8' }));
  expect(await exchange(port)).toBe('');
});

test('servers of a removed service finish', async () => {
  const port = freshPort(2);
  const stays = builtin('daytime', { port });
  const logged = { log_type: 'FILE {audit}', log_on_success: 'PID EXIT' };
  const cat = service('cat', { port: port + 1, server: '/bin/cat', ...logged });
  const daemon = await startDaemon(defaults() + stays + cat);
  const client = await call(port + 1);
  await until('the server runs', () => childrenOf(daemon.pid).length === 1);
  await daemon.reload(defaults() + stays);
  client.say('still served\n');
  await client.hears(/still served\n/);
  client.hangUp();
  const [, exit] = await daemon.audits(2);
  expect(exit).toMatch(/: EXIT: cat status=0 pid=\d+$/);
});

test.for([
  ['a bad value', (port: number) => service('one', { port: 'eighty', server: `/bin/echo-${port}` })],
  ['a missing brace', (port: number) => echoing('one', port, 'broken').replace('{', '')],
  ['an absent server', (port: number) => service('one', { port, server: '/nowhere/server' })],
  ['bad defaults', (port: number) => `defaults\n{\n\tinstances = some\n}\n${echoing('one', port, 'broken')}`],
  ['nothing at all', () => ''],
] as const)('%s keeps the whole old configuration', async ([, broken]) => {
  const port = freshPort(2);
  const daemon = await startDaemon(defaults() + echoing('one', port, 'one') + echoing('two', port + 1, 'two'));
  expect(await daemon.reload(broken(port))).toMatch(/reconfiguration failed/i);
  expect(await exchange(port)).toBe('one\n');
  expect(await exchange(port + 1)).toBe('two\n');
});

test('a reload loses no connection that waits to be accepted', async () => {
  const port = freshPort();
  const text = defaults() + builtin('daytime', { port });
  const daemon = await startDaemon(text);
  const asked = new AbortController();
  const reloading = (async (): Promise<void> => {
    while (!asked.signal.aborted) await daemon.reload(text);
  })();
  const answers: string[] = [];
  for (let round = 0; round < 100; round += 1) {
    answers.push(...(await Promise.all([exchange(port), exchange(port), exchange(port)])));
  }
  asked.abort();
  await reloading;
  expect(answers.filter((answer) => !DATE.test(answer))).toEqual([]);
});
