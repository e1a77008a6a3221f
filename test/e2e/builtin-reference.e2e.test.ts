// The built-in services beside the reference's own: the same question, over both address families, brings the same bytes.

import { expect, test } from 'vitest';
import { call, datagram, exchange } from './support/clients.ts';
import { builtin, defaults, freshPort } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import { statusField } from './support/processes.ts';
import { until } from './support/wait.ts';

const FAMILIES = [
  ['IPv4', '127.0.0.1'],
  ['IPv6', '::1'],
] as const;
const DATAGRAM = { socket_type: 'dgram', protocol: 'udp', wait: 'yes' };
const LINES = 300;

interface Pair {
  readonly ours: number;
  readonly reference: number;
  readonly referencePid: number;
}

/** One service twice: on a port of ours, and on one of the reference. */
async function offerTwice(name: string, attributes: Readonly<Record<string, string>>): Promise<Pair> {
  const [ours, reference] = [freshPort(), freshPort()];
  await startDaemon(defaults() + builtin(name, { port: ours, ...attributes }));
  const command = { command: ['/usr/sbin/xinetd'] };
  const { pid } = await startDaemon(defaults() + builtin(name, { port: reference, ...attributes }), command);
  return { ours, reference, referencePid: pid };
}

/** The reference throws away what comes right after a datagram it has answered: it is asked once it sleeps again. */
async function askBoth(
  { ours, reference, referencePid }: Pair,
  host: string,
  question: string,
): Promise<readonly string[]> {
  await until('the reference sleeps', () => statusField(referencePid, 'State')?.startsWith('S'));
  return [await datagram(ours, question, { host }), await datagram(reference, question, { host })];
}

/** Two answers that were given within the same second of the clock. */
async function inOneSecond(ask: (port: number) => Promise<string>, pair: Pair): Promise<readonly string[]> {
  const second = (): number => Math.floor(Date.now() / 1000);
  const begun = second();
  await until('the reference sleeps', () => statusField(pair.referencePid, 'State')?.startsWith('S'));
  const answers = [await ask(pair.ours), await ask(pair.reference)];
  return second() === begun ? answers : inOneSecond(ask, pair);
}

async function beginningOf(port: number, host: string): Promise<string> {
  const conversation = await call(port, { host });
  await conversation.hears(new RegExp(`(?:.{72}\r\n){${LINES}}`));
  conversation.hangUp();
  return conversation.heard.slice(0, 74 * LINES);
}

test.each(FAMILIES)('stream echo and discard over %s', async (flags, host) => {
  const send = Array.from({ length: 70_000 }, (_, index) => String.fromCharCode((index * 7) % 256)).join('');
  for (const name of ['echo', 'discard']) {
    const { ours, reference } = await offerTwice(name, { flags });
    const question = { host, send, isHalfClosed: true };
    expect(await exchange(ours, question)).toBe(await exchange(reference, question));
  }
});

test.each(FAMILIES)('stream daytime and time over %s', async (flags, host) => {
  for (const name of ['daytime', 'time']) {
    const [ours, reference] = await inOneSecond((port) => exchange(port, { host }), await offerTwice(name, { flags }));
    expect(ours).toBe(reference);
  }
});

test.each(FAMILIES)('stream chargen over %s', async (flags, host) => {
  const { ours, reference } = await offerTwice('chargen', { flags });
  expect(await beginningOf(ours, host)).toBe(await beginningOf(reference, host));
});

test.each(FAMILIES)('datagram echo over %s', async (flags, host) => {
  const pair = await offerTwice('echo', { ...DATAGRAM, flags });
  for (const length of [0, 1, 2048, 3000]) {
    const question = Array.from({ length }, (_, index) => String.fromCharCode(index % 256)).join('');
    const [ours, reference] = await askBoth(pair, host, question);
    expect(ours).toBe(reference);
  }
});

test.each(FAMILIES)('datagram daytime and time over %s', async (flags, host) => {
  for (const name of ['daytime', 'time']) {
    const pair = await offerTwice(name, { ...DATAGRAM, flags });
    const [ours, reference] = await inOneSecond((port) => datagram(port, 'any text', { host }), pair);
    expect(ours).toBe(reference);
  }
});

test.each(FAMILIES)('datagram chargen over %s, for a question of the same length', async (flags, host) => {
  const pair = await offerTwice('chargen', { ...DATAGRAM, flags });
  for (let time = 1; time <= 3; time += 1) {
    const [ours, reference] = await askBoth(pair, host, 'x'.repeat(1024));
    expect(ours).toBe(reference);
  }
});
