// Many callers at the same moment: the kernel's queue is deep enough, everybody is served, nobody has to knock twice (the second
// knock comes after a second).

import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';

const CALLERS = 2000;
const PATIENCE_MS = 10_000;

/** What the server said. */
function hurry(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setEncoding('latin1').on('data', (text: string) => (heard += text));
    socket.on('error', reject);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('close', () => resolve(heard));
  });
}

/** The kernel's counts of connections it had no room for, and of repeated knocks. */
function missed(): readonly number[] {
  const [names = '', values = ''] = readFileSync('/proc/net/netstat', 'latin1')
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'));
  return ['ListenDrops', 'TCPSynRetrans'].map((name) => Number(values.split(' ')[names.split(' ').indexOf(name)]));
}

test.for([
  [
    'a program',
    (port: number) => service('hello', { port, server: '/bin/echo', server_args: 'hello', user: 'nobody' }),
  ],
  ['a built-in service', (port: number) => builtin('daytime', { port })],
] as const)('%s serves 2 000 callers at once', { timeout: 60_000 }, async ([, serviceAt]) => {
  const port = freshPort();
  await startDaemon(defaults({ cps: '100000 1' }) + serviceAt(port));
  const before = missed();
  const answers = await Promise.all(Array.from({ length: CALLERS }, () => hurry(port)));
  expect(answers.filter((heard) => heard !== '')).toHaveLength(CALLERS);
  expect(missed()).toEqual(before);
});
