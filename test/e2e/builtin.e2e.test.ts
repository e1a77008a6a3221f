// The built-in services as a client meets them: stream and datagram, over both address families.

import { expect, test } from 'vitest';
import { call, datagram, exchange } from './support/clients.ts';
import { builtin, defaults, freshPort } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';

const DATE = /^\d\d [A-Z]{3} \d{4} \d\d:\d\d:\d\d [A-Z]+\r\n$/;
const SECONDS_1900_TO_1970 = 2_208_988_800;

/** One built-in service on a port of its own. */
async function offer(name: string, attributes: Readonly<Record<string, string>> = {}): Promise<number> {
  const port = freshPort();
  await startDaemon(defaults() + builtin(name, { port, ...attributes }));
  return port;
}

const DATAGRAM = { socket_type: 'dgram', protocol: 'udp', wait: 'yes' };

test('echo returns every byte of a stream', async () => {
  const port = await offer('echo');
  const sent = Array.from({ length: 5000 }, (_, index) => String.fromCharCode(index % 256)).join('');
  expect(await exchange(port, { send: sent, isHalfClosed: true })).toBe(sent);
});

test('echo returns a datagram', async () => {
  const port = await offer('echo', DATAGRAM);
  expect(await datagram(port, 'hello')).toBe('hello');
});

test('discard takes everything and says nothing', async () => {
  const port = await offer('discard');
  expect(await exchange(port, { send: 'x'.repeat(100_000), isHalfClosed: true })).toBe('');
});

test('daytime tells the date and closes', async () => {
  const port = await offer('daytime');
  expect(await exchange(port)).toMatch(DATE);
});

test('daytime answers any datagram', async () => {
  const port = await offer('daytime', DATAGRAM);
  expect(await datagram(port, '?')).toMatch(DATE);
});

test('time counts the seconds since 1900', async () => {
  const port = await offer('time');
  const seconds = Buffer.from(await exchange(port), 'latin1').readUInt32BE();
  expect(Math.abs(seconds - SECONDS_1900_TO_1970 - Date.now() / 1000)).toBeLessThan(5);
});

test('time answers a datagram with four bytes', async () => {
  const port = await offer('time', DATAGRAM);
  expect(await datagram(port, '')).toHaveLength(4);
});

test('chargen shifts its line by one character', async () => {
  const port = await offer('chargen');
  const conversation = await call(port);
  await conversation.hears(/(?:.{72}\r\n){3}/);
  conversation.hangUp();
  const [first = '', second = ''] = conversation.heard.split('\r\n');
  expect(first).toHaveLength(72);
  expect(second.slice(0, 71)).toBe(first.slice(1));
});

test('chargen answers a datagram with one datagram', async () => {
  const port = await offer('chargen', DATAGRAM);
  const answer = await datagram(port, 'more');
  expect(answer.length).toBeGreaterThan(0);
  expect(answer.length).toBeLessThanOrEqual(1024);
});

test('IPv6 clients are served on an IPv6 socket', async () => {
  const port = await offer('daytime', { flags: 'IPv6' });
  expect(await exchange(port, { host: '::1' })).toMatch(DATE);
});
