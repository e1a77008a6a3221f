// Banners as callers meet them: in the right order, whatever becomes of the caller, and nobody else waits for a slow reader.

import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { call, exchange } from './support/clients.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';

const BANNERS = { banner: '/run/always', banner_success: '/run/welcome', banner_fail: '/run/sorry' };

for (const [name, text] of Object.entries({ always: 'always\n', welcome: 'welcome\n', sorry: 'sorry\n' }))
  writeFileSync(`/run/${name}`, text);

test('a caller reads the banners around the checks', async () => {
  const port = freshPort(4);
  await startDaemon(
    defaults(BANNERS) +
      service('hello', { port, server: '/bin/echo', server_args: 'hello', no_access: '127.0.0.9' }) +
      service('full', { port: port + 1, server: '/bin/cat', instances: 0 }) +
      builtin('daytime', { port: port + 2 }) +
      builtin('echo', { port: port + 3, flags: 'SENSOR', deny_time: 1 }),
  );
  expect(await exchange(port)).toBe('always\nwelcome\nhello\n');
  expect(await exchange(port, { from: '127.0.0.9' })).toBe('always\nsorry\n');
  expect(await exchange(port + 1)).toBe('always\nsorry\n');
  expect(await exchange(port + 2)).toMatch(/^always\nwelcome\n\d\d [A-Z]{3} \d{4}/);
  expect(await exchange(port + 3, { from: '127.0.0.8' })).toBe('always\nsorry\n');
});

test('a banner that is missing is told, and the caller is served', async () => {
  const port = freshPort();
  const banners = { banner: '/run/nothing', banner_success: '/run' };
  const daemon = await startDaemon(service('hello', { ...banners, port, server: '/bin/echo', server_args: 'hello' }));
  expect(await exchange(port)).toBe('hello\n');
  await daemon.logs(/ERROR: service = hello, open of banner \/run\/nothing failed\n/);
  await daemon.logs(/ERROR: service hello, Error Is a directory \(errno = 21\) reading banner \/run\n/);
});

test('a changed banner is sent within a second', async () => {
  const port = freshPort();
  writeFileSync('/run/news', 'old\n');
  await startDaemon(service('hello', { port, server: '/bin/true', banner: '/run/news' }));
  expect(await exchange(port)).toBe('old\n');
  writeFileSync('/run/news', 'new\n');
  await expect.poll(() => exchange(port), { timeout: 5000 }).toBe('new\n');
});

test('a caller who does not read delays nobody, not even the end', async () => {
  const port = freshPort(2);
  writeFileSync('/run/large', 'B'.repeat(1024 * 1024));
  const text = service('slow', { port, server: '/bin/cat', banner: '/run/large' });
  const daemon = await startDaemon(text + builtin('daytime', { port: port + 1 }));
  const slow = await call(port);
  slow.socket.pause();
  await exchange(port + 1);
  const before = performance.now();
  expect(await exchange(port + 1)).not.toBe('');
  expect(performance.now() - before).toBeLessThan(200);
  expect(await daemon.stop()).toBe(0);
  slow.hangUp();
});

test('a large banner arrives whole before the server speaks', async () => {
  const port = freshPort();
  writeFileSync('/run/large', 'B'.repeat(1024 * 1024));
  await startDaemon(
    service('hello', { port, server: '/bin/echo', server_args: 'hello', banner_success: '/run/large' }),
  );
  const heard = await exchange(port);
  expect(heard.length).toBe(1024 * 1024 + 'hello\n'.length);
  expect(heard.endsWith('Bhello\n')).toBe(true);
});
