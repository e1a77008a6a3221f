// What servers written for other super-servers find in their environment, beside what those super-servers say themselves.

import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exchange } from './support/clients.ts';
import { output } from './support/command.ts';
import { startCompanion } from './support/companion.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import { listeningOn } from './support/processes.ts';
import { until } from './support/wait.ts';

const ENV = '/usr/bin/env';

/** The variables of some names, without the caller's port, which is another each time; the port called becomes `PORT`. */
function told(environment: string, names: RegExp, port: number): readonly string[] {
  return environment
    .split('\n')
    .filter((line) => names.test(line))
    .map((line) => line.replace(/(REMOTEPORT|PEERPORT)=\d+$/, '$1=N').replace(`=${port}`, '=PORT'))
    .toSorted();
}

async function offerEnvironment(attributes: Readonly<Record<string, string>>): Promise<number> {
  const port = freshPort();
  await startDaemon(defaults() + service('environment', { port, server: ENV, ...attributes }));
  return port;
}

test('ucspi is what tcpserver says', async () => {
  const [port, other] = [await offerEnvironment({ env_style: 'ucspi' }), freshPort()];
  startCompanion('tcpserver', ['-HR', '127.0.0.1', String(other), ENV]);
  await until('tcpserver listens', () => listeningOn(other));
  const names = /^(PROTO|TCP)/;
  const expected = told(await exchange(other), names, other);
  expect(told(await exchange(port), names, port)).toEqual(expected);
  expect(expected).toHaveLength(5);
});

test.each([
  ['IPv4', 'TCP4-LISTEN', '127.0.0.1'],
  ['IPv6', 'TCP6-LISTEN', '::1'],
])('socat over %s is what socat says', async (flags, listen, host) => {
  const [port, other] = [await offerEnvironment({ env_style: 'socat', flags }), freshPort()];
  startCompanion('socat', [`${listen}:${other},fork`, `EXEC:${ENV}`]);
  await until('socat listens', () => listeningOn(other));
  const names = /^SOCAT_(PEER|SOCK)/;
  const expected = told(await exchange(other, { host }), names, other);
  expect(told(await exchange(port, { host }), names, port)).toEqual(expected);
  expect(expected).toHaveLength(4);
});

test('both may be asked for, on a unix socket too', async () => {
  const path = '/run/environment.sock';
  const text = service('environment', {
    type: undefined,
    protocol: undefined,
    socket_path: path,
    server: ENV,
    env_style: 'ucspi socat',
  });
  await startDaemon(defaults() + text);
  await until('the socket', () => existsSync(path));
  const environment = await output('socat', ['-u', `UNIX:${path}`, '-']);
  expect(environment.split('\n')).toEqual(
    expect.arrayContaining(['PROTO=IPC', 'IPCREMOTEEUID=0', 'IPCREMOTEEGID=0', `SOCAT_SOCKADDR=${path}`]),
  );
});
