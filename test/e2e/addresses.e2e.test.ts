// Where a service can be reached and who may reach it: both address families, the dual-stack socket, bind, several
// services on several addresses, and the rule that an IPv4 list guards a dual-stack service too.

import { expect, test } from 'vitest';
import { exchange } from './support/clients.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';

const DATE = /^\d\d [A-Z]{3} \d{4}/;
const LOG = { log_type: 'FILE {audit}', log_on_success: 'HOST', log_on_failure: 'HOST' };

test('a service without flags serves both families', async () => {
  const port = freshPort();
  await startDaemon(defaults() + builtin('daytime', { port }));
  expect(await exchange(port)).toMatch(DATE);
  expect(await exchange(port, { host: '::1' })).toMatch(DATE);
});

test('IPv4 alone refuses IPv6 clients', async () => {
  const port = freshPort();
  await startDaemon(defaults() + builtin('daytime', { port, flags: 'IPv4' }));
  expect(await exchange(port)).toMatch(DATE);
  await expect(exchange(port, { host: '::1' })).rejects.toThrow(/ECONNREFUSED/);
});

test('v6only refuses IPv4 clients', async () => {
  const port = freshPort();
  await startDaemon(defaults() + builtin('daytime', { port, flags: 'IPv6', v6only: 'yes' }));
  expect(await exchange(port, { host: '::1' })).toMatch(DATE);
  await expect(exchange(port)).rejects.toThrow(/ECONNREFUSED/);
});

test('bind limits a service to one address', async () => {
  const port = freshPort();
  await startDaemon(defaults() + builtin('daytime', { port, bind: '10.9.9.9' }));
  expect(await exchange(port, { host: '10.9.9.9' })).toMatch(DATE);
  await expect(exchange(port)).rejects.toThrow(/ECONNREFUSED/);
});

test('one port serves different programs on different addresses', async () => {
  const port = freshPort();
  const answering = (id: string, bind: string): string =>
    service(id, { port, bind, server: '/bin/echo', server_args: id });
  const services = answering('near', '127.0.0.1') + answering('far', '10.9.9.9') + answering('six', 'fd00::9');
  await startDaemon(defaults() + services);
  expect(await exchange(port)).toBe('near\n');
  expect(await exchange(port, { host: '10.9.9.9' })).toBe('far\n');
  expect(await exchange(port, { host: 'fd00::9' })).toBe('six\n');
});

test('REMOTE_HOST and the log name the caller', async () => {
  const port = freshPort(2);
  const mixed = service('mixed', { ...LOG, port, server: '/usr/bin/env' });
  const plain = service('plain', { ...LOG, port: port + 1, flags: 'IPv4', server: '/usr/bin/env' });
  const daemon = await startDaemon(defaults() + mixed + plain);
  expect(await exchange(port)).toMatch(/^REMOTE_HOST=::ffff:127\.0\.0\.1$/m);
  expect(await exchange(port, { host: 'fd00::9', from: 'fd00::9' })).toMatch(/^REMOTE_HOST=fd00::9$/m);
  expect(await exchange(port + 1)).toMatch(/^REMOTE_HOST=127\.0\.0\.1$/m);
  const lines = await daemon.audits(3);
  expect(lines.map((line) => line.replace(/^.*from=/, ''))).toEqual(['::ffff:127.0.0.1', 'fd00::9', '127.0.0.1']);
});

test('an IPv4 list guards a dual-stack service', async () => {
  const port = freshPort(3);
  const only = service('only', { ...LOG, port, server: '/bin/echo', server_args: 'in', only_from: '10.9.9.0/24' });
  const but = service('but', { ...LOG, port: port + 1, server: '/bin/echo', server_args: 'in', no_access: '10.9.9.9' });
  await startDaemon(defaults() + only + but);
  const near = { host: '127.0.0.1', from: '127.0.0.1' };
  const far = { host: '10.9.9.9', from: '10.9.9.9' };
  expect(await exchange(port, far)).toBe('in\n');
  expect(await exchange(port, near)).toBe('');
  expect(await exchange(port + 1, far)).toBe('');
  expect(await exchange(port + 1, near)).toBe('in\n');
});

test('an IPv6 list guards IPv6 clients', async () => {
  const port = freshPort();
  const six = service('six', { port, server: '/bin/echo', server_args: 'in', flags: 'IPv6', only_from: 'fd00::/64' });
  await startDaemon(defaults() + six);
  expect(await exchange(port, { host: 'fd00::9', from: 'fd00::9' })).toBe('in\n');
  expect(await exchange(port, { host: '::1', from: '::1' })).toBe('');
});

test.each(['IPv4', 'IPv6'])('an IPv4 rule holds however it is written, on a socket of %s', async (family) => {
  const port = freshPort(3);
  const one = (id: string, offset: number, list: Record<string, string>): string =>
    service(id, { port: port + offset, flags: family, server: '/bin/echo', server_args: 'in', ...list });
  await startDaemon(
    defaults() +
      one('but', 0, { no_access: '::ffff:10.9.9.9' }) +
      one('only', 1, { only_from: '::ffff:10.9.9.9' }) +
      one('plain', 2, { no_access: '10.9.9.0/24' }),
  );
  const near = { host: '127.0.0.1', from: '127.0.0.1' };
  const far = { host: '10.9.9.9', from: '10.9.9.9' };
  const heard = await Promise.all(
    [0, 1, 2].flatMap((offset) => [exchange(port + offset, near), exchange(port + offset, far)]),
  );
  expect(heard).toEqual(['in\n', '', '', 'in\n', 'in\n', '']);
});
