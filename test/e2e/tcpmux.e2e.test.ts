// tcpmux (RFC 1078) as callers meet it: by name, in whatever pieces, to services with rules, limits, users and logs of their own.

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { call, exchange } from './support/clients.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import type { Attributes } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';

const LOG = { log_type: 'FILE {audit}', log_on_success: 'HOST EXIT', log_on_failure: 'HOST' };

const muxed = (name: string, attributes: Attributes = {}): string =>
  service(name, { type: 'TCPMUX UNLISTED', server: '/bin/echo', server_args: name, ...attributes });

/** A daemon whose tcpmux leads to these services. */
async function leadingTo(services: string, attributes: Attributes = {}): Promise<{ daemon: Daemon; port: number }> {
  const port = freshPort();
  return { daemon: await startDaemon(defaults(LOG) + builtin('tcpmux', { port, ...attributes }) + services), port };
}

const ask = (port: number, name: string, from = '127.0.0.1'): Promise<string> => exchange(port, { send: name, from });

test('a service is found by its name, however that is written', async () => {
  const { port } = await leadingTo(muxed('mail') + muxed('plus', { type: 'TCPMUXPLUS UNLISTED' }));
  expect(await ask(port, 'mail\r\n')).toBe('mail\n');
  expect(await ask(port, 'MAIL\n')).toBe('mail\n');
  expect(await ask(port, 'plus\r\n')).toBe('+Go\r\nplus\n');
});

test('what follows the name is for the service', async () => {
  const { port } = await leadingTo(
    muxed('cat', { type: 'TCPMUXPLUS UNLISTED', server: '/bin/cat', server_args: undefined }),
  );
  expect(await exchange(port, { send: 'cat\r\nHELO\r\n', isHalfClosed: true })).toBe('+Go\r\nHELO\r\n');
  const client = await call(port);
  for (const piece of ['c', 'at\r', '\n']) {
    client.say(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await client.hears(/\+Go/);
  client.say('ping');
  await client.hears(/ping/);
  client.hangUp();
});

test('who is not found is told', async () => {
  const { port } = await leadingTo(muxed('mail') + service('plain', { port: freshPort(), server: '/bin/cat' }));
  for (const name of ['nothing', 'plain', 'tcpmux', '', 'x'.repeat(300)])
    expect(await ask(port, `${name}\r\n`).catch(() => 'reset')).toMatch(/^-Service name not found\r\n$|^reset$/);
  expect(await ask(port, 'nothing\r\n')).toBe('-Service name not found\r\n');
});

test('HELP lists the names', async () => {
  const { port } = await leadingTo(muxed('mail') + muxed('news'));
  expect(await ask(port, 'help\r\n')).toBe('mail\r\nnews\r\n');
});

test('a service keeps its own log, and tcpmux its', async () => {
  const { port, daemon } = await leadingTo(muxed('mail', { log_type: 'FILE {folder}/mail' }));
  await ask(port, 'mail\r\n');
  const lines = (await daemon.audits(2)).map((line) => line.replace(/^.*?: /, ''));
  expect(lines).toEqual(['START: tcpmux from=::ffff:127.0.0.1', 'EXIT: tcpmux status=0']);
  const mail = (): readonly string[] => readFileSync(daemon.path('mail'), 'latin1').split('\n').slice(0, -1);
  await expect
    .poll(() => mail().map((line) => line.replace(/^.*?: /, '')))
    .toEqual(['START: mail from=::ffff:127.0.0.1', 'EXIT: mail status=0']);
});

test('a service keeps its own rules, limits, banners and user', async () => {
  writeFileSync('/run/sorry', 'sorry\n');
  writeFileSync('/run/welcome', 'welcome\n');
  const { port, daemon } = await leadingTo(
    muxed('closed', { no_access: '127.0.0.9', banner_fail: '/run/sorry' }) +
      muxed('full', { instances: 0 }) +
      muxed('whoami', {
        type: 'TCPMUXPLUS UNLISTED',
        server: '/usr/bin/id',
        server_args: '-un',
        user: 'nobody',
        banner_success: '/run/welcome',
      }),
    { log_on_success: '' },
  );
  expect(await ask(port, 'closed\n')).toBe('closed\n');
  expect(await ask(port, 'closed\n', '127.0.0.9')).toBe('sorry\n');
  expect(await ask(port, 'full\n')).toBe('');
  expect(await ask(port, 'whoami\n')).toBe('+Go\r\nwelcome\nnobody\n');
  await expect.poll(() => daemon.audit.some((line) => line.includes('FAIL: full service_limit from='))).toBe(true);
});

test('tcpmux has rules of its own', async () => {
  const { port } = await leadingTo(muxed('mail'), { no_access: '127.0.0.9' });
  expect(await ask(port, 'mail\n', '127.0.0.9').catch(() => '')).toBe('');
});

test('a service whose rate has tripped comes back', async () => {
  const { port, daemon } = await leadingTo(muxed('mail', { cps: '1 2' }));
  await expect.poll(() => ask(port, 'mail\n')).toBe('');
  expect(await ask(port, 'mail\n')).toBe('-Service not available\r\n');
  await daemon.logs(/ERROR: Activating service mail/);
  expect(await ask(port, 'mail\n')).toBe('mail\n');
});

test('a reload brings services and takes them away', async () => {
  const { port, daemon } = await leadingTo(muxed('mail'));
  const tcpmux = defaults(LOG) + builtin('tcpmux', { port });
  expect(await daemon.reload(tcpmux + muxed('news'))).toMatch(/new=1 old=1 dropped=1/);
  expect(await ask(port, 'mail\n')).toBe('-Service name not found\r\n');
  expect(await ask(port, 'news\n')).toBe('news\n');
});

test('who is still to name a service counts, and ends with the daemon', async () => {
  const { port, daemon } = await leadingTo(muxed('mail'), { instances: 1 });
  const waiting = await call(port);
  await daemon.audits(1);
  expect(await ask(port, 'mail\n').catch(() => '')).toBe('');
  expect(await daemon.audits(2)).toContainEqual(expect.stringContaining('FAIL: tcpmux service_limit'));
  expect(daemon.log).toMatch(/Started working: 1 available service\n/);
  daemon.signal('SIGTERM');
  expect((await daemon.audits(3))[2]).toMatch(/EXIT: tcpmux signal=15/);
  await waiting.ends();
});
