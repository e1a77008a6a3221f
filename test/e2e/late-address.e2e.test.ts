// Addresses that come after the daemon, go, and come back.

import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { exchange } from './support/clients.ts';
import { output, run } from './support/command.ts';
import { builtin, defaults, freshPort } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import { until } from './support/wait.ts';

const IPV4 = '10.7.7.7/32';
const IPV6 = 'fd00::7/128';

function address(verb: 'add' | 'del', which: string): Promise<string> {
  if (verb === 'add') afterTest(() => run('ip', ['address', 'del', which, 'dev', 'lo']));
  return output('ip', ['address', verb, which, 'dev', 'lo']);
}

/** A service on one address, beside one that is always there. */
function onAddress(port: number, bind: string, freeBind: string): string {
  const always = builtin('daytime', { port: freshPort() });
  return defaults() + always + builtin('time', { port, bind, free_bind: freeBind });
}

test('a service comes up with its address', async () => {
  const port = freshPort();
  const daemon = await startDaemon(onAddress(port, '10.7.7.7', 'no'));
  expect(daemon.log).toMatch(/bind failed \(Cannot assign requested address/);
  await address('add', IPV4);
  await daemon.logs(/NOTICE: Activating service time/);
  expect(await exchange(port, { host: '10.7.7.7' })).toHaveLength(4);
});

test.each([
  ['10.7.7.7', IPV4],
  ['fd00::7', IPV6],
])('free_bind listens at %s before it is there', async (host, which) => {
  const port = freshPort();
  const daemon = await startDaemon(onAddress(port, host, 'yes'));
  expect(daemon.log).not.toContain('bind failed');
  await expect(exchange(port, { host })).rejects.toThrow();
  await address('add', which);
  expect(await exchange(port, { host })).toHaveLength(4);
});

test('an address that comes back is served again', async () => {
  const port = freshPort();
  await address('add', IPV4);
  await startDaemon(onAddress(port, '10.7.7.7', 'no'));
  expect(await exchange(port, { host: '10.7.7.7' })).toHaveLength(4);
  await address('del', IPV4);
  await address('add', IPV4);
  expect(await exchange(port, { host: '10.7.7.7' })).toHaveLength(4);
});

test('a service follows an interface that is made anew', async () => {
  const make = async (): Promise<void> => {
    await output('ip', ['link', 'add', 'veth-a', 'type', 'veth', 'peer', 'name', 'veth-b']);
    await output('ip', ['address', 'add', 'fe80::77/64', 'dev', 'veth-a', 'nodad']);
    for (const end of ['veth-a', 'veth-b']) await output('ip', ['link', 'set', end, 'up']);
  };
  const remove = (): Promise<unknown> => run('ip', ['link', 'del', 'veth-a']);
  afterTest(remove);
  await make();
  const port = freshPort();
  const daemon = await startDaemon(onAddress(port, 'fe80::77%veth-a', 'no'));
  expect(await exchange(port, { host: 'fe80::77%veth-a' })).toHaveLength(4);
  await remove();
  await make();
  await daemon.logs(/NOTICE: Interface of service time was made anew/);
  const answer = await until('the service answers', () =>
    exchange(port, { host: 'fe80::77%veth-a' }).catch(() => false),
  );
  expect(answer).toHaveLength(4);
});
