// Host names in the access lists: confirmed both ways, from /etc/hosts or a name server, and nobody else waits for them.

import { appendFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { call, datagram, exchange } from './support/clients.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import { startNameServer } from './support/name-server.ts';
import { until } from './support/wait.ts';

const DATE = /^\d\d [A-Z]{3} \d{4}/;
const LOG = { log_type: 'FILE {audit}', log_on_success: 'HOST', log_on_failure: 'HOST' };
const FRIEND = '127.0.0.66';

test('a confirmed name is admitted, a claimed one is not', async () => {
  await startNameServer({
    names: { [FRIEND]: 'friend.test', '127.0.0.67': 'friend.test' },
    addresses: { 'friend.test': FRIEND },
  });
  const port = freshPort();
  await startDaemon(defaults() + builtin('daytime', { port, only_from: '.test' }));
  expect(await exchange(port, { from: FRIEND })).toMatch(DATE);
  expect(await exchange(port, { from: '127.0.0.67' })).toBe('');
});

test('a name of no_access is refused, and so is nobody', async () => {
  await startNameServer({
    names: { [FRIEND]: 'friend.test', '127.0.0.67': 'foe.test' },
    addresses: { 'friend.test': FRIEND, 'foe.test': '127.0.0.67' },
  });
  const port = freshPort();
  await startDaemon(defaults() + builtin('daytime', { port, no_access: 'foe.test' }));
  expect(await exchange(port, { from: FRIEND })).toMatch(DATE);
  expect(await exchange(port, { from: '127.0.0.67' })).toBe('');
  expect(await exchange(port, { from: '127.0.0.68' })).toBe('');
});

test('/etc/hosts names the IPv4 callers of a dual-stack socket, once it does', async () => {
  const asked = await startNameServer({});
  const port = freshPort();
  await startDaemon(defaults() + builtin('daytime', { port, only_from: 'newcomer.test' }));
  expect(await exchange(port, { from: '127.0.0.70' })).toBe('');
  appendFileSync('/etc/hosts', '127.0.0.70 newcomer.test\n');
  await until('the newcomer is known', async () => DATE.test(await exchange(port, { from: '127.0.0.70' })));
  expect(asked).toEqual(['70.0.0.127.in-addr.arpa']);
});

test('a silent name server delays nobody else, and limits hold meanwhile', async () => {
  await startNameServer({ isSilent: true });
  const port = freshPort(2);
  const named = service('named', { ...LOG, port, server: '/bin/cat', instances: 2, only_from: '.test' });
  const daemon = await startDaemon(defaults() + named + builtin('daytime', { port: port + 1 }));
  const waiting = [await call(port, { from: '127.0.0.71' }), await call(port, { from: '127.0.0.72' })];
  const third = await call(port, { from: '127.0.0.73' });
  await third.ends(500);
  expect((await daemon.audits(1))[0]).toMatch(/FAIL: named service_limit from=::ffff:127\.0\.0\.73/);
  waiting[0]?.hangUp();
  const before = performance.now();
  expect(await exchange(port + 1)).toMatch(DATE);
  expect(performance.now() - before).toBeLessThan(200);
  await waiting[1]?.ends(5000);
  const fails = (await daemon.audits(5)).filter((line) => line.includes('FAIL: named address'));
  expect(fails).toHaveLength(2);
});

test('a silent name server delays neither start nor reload, and the caller is decided', async () => {
  await startNameServer({ isSilent: true });
  const port = freshPort(2);
  const named = (list: string): string =>
    service('named', { ...LOG, port, server: '/bin/cat', only_from: list }) + builtin('daytime', { port: port + 1 });
  const before = performance.now();
  const daemon = await startDaemon(defaults() + named('host.test .test 10.0.0.0/8'));
  const startedMs = performance.now() - before;
  const caller = await call(port, { from: '127.0.0.76' });
  const reloading = performance.now();
  await daemon.reload(defaults() + named('other.test .test'));
  expect(performance.now() - reloading).toBeLessThan(1000);
  expect(await exchange(port + 1)).toMatch(DATE);
  await caller.ends(5000);
  expect(caller.heard).toBe('');
  expect(startedMs).toBeLessThan(2000);
});

test('a service that a reload takes away lets go of those who wait', async () => {
  await startNameServer({ isSilent: true });
  const port = freshPort(2);
  const stays = builtin('daytime', { port: port + 1 });
  const daemon = await startDaemon(defaults() + stays + builtin('daytime', { id: 'gone', port, only_from: '.test' }));
  const waiting = await call(port, { from: '127.0.0.74' });
  await daemon.reload(defaults() + stays);
  await waiting.ends(5000);
  expect(waiting.heard).toBe('');
  expect(await exchange(port + 1)).toMatch(DATE);
});

test('a datagram is refused until the name is known', async () => {
  const asked = await startNameServer({
    names: { '127.0.0.75': 'friend.test' },
    addresses: { 'friend.test': '127.0.0.75' },
  });
  const port = freshPort();
  const echo = { socket_type: 'dgram', protocol: 'udp', wait: 'yes', flags: 'IPv4', port, only_from: '.test' };
  const daemon = await startDaemon(defaults() + builtin('echo', { ...LOG, ...echo }));
  const options = { from: '127.0.0.75', limitMs: 300 };
  await expect(datagram(port, 'one', options)).rejects.toThrow(/no answer/);
  expect((await daemon.audits(1))[0]).toMatch(/FAIL: echo address from=127\.0\.0\.75/);
  expect(asked).toHaveLength(2);
  expect(await datagram(port, 'two', options)).toBe('two');
});
