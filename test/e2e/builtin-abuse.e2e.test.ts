// The built-in services in bad company: forged datagrams, silent clients, clients that stay when the daemon is to end; and
// the listings, which tell each caller only what it may see.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { call, datagram, exchange } from './support/clients.ts';
import { output } from './support/command.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import { childrenOf } from './support/processes.ts';
import { until } from './support/wait.ts';

const DATAGRAM = { socket_type: 'dgram', protocol: 'udp', wait: 'yes' };
const LOG = { log_type: 'FILE {audit}', log_on_success: 'PID EXIT' };

/** A datagram with a sender that is not its own; arguments: source port, destination port. */
const FORGE = `
import socket, struct, sys
source, destination = map(int, sys.argv[1:])
udp = struct.pack("!HHHH", source, destination, 9, 0) + b"x"
host = socket.inet_aton("127.0.0.1")
ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, host, host)
socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW).sendto(ip + udp, ("127.0.0.1", 0))
`;

function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function datagramsReceived(): number {
  const lines = readFileSync('/proc/net/snmp', 'latin1').split('\n');
  return Number(lines.findLast((line) => line.startsWith('Udp:'))?.split(' ')[1]);
}

test('a forged pair of services exchanges no word', async () => {
  const [echo, chargen] = [freshPort(), freshPort()];
  const both = builtin('echo', { port: echo, ...DATAGRAM }) + builtin('chargen', { port: chargen, ...DATAGRAM });
  await startDaemon(defaults() + both);
  const before = datagramsReceived();
  for (const [from, to] of [
    [chargen, echo],
    [echo, chargen],
    [echo, echo],
    [19, echo],
  ]) {
    await output('python3', ['-c', FORGE, String(from), String(to)]);
  }
  expect(await datagram(echo, 'honest')).toBe('honest');
  expect(await datagram(chargen, 'abc')).toHaveLength(3);
  // Four forged ones, and two questions with their answers.
  expect(datagramsReceived() - before).toBe(8);
});

test('silent clients are gone in time, one that speaks stays', async () => {
  const [echo, discard, chargen] = [freshPort(), freshPort(), freshPort()];
  const attributes = { ...LOG, flags: 'IPv4', idle_timeout: 3 };
  const daemon = await startDaemon(
    defaults() +
      builtin('echo', { port: echo, ...attributes }) +
      builtin('discard', { port: discard, ...attributes }) +
      builtin('chargen', { port: chargen, ...attributes }),
  );
  const speaking = await call(echo);
  speaking.say('hello');
  await speaking.hears(/hello/);
  await daemon.audits(1);
  const descriptors = descriptorsOf(daemon.pid);
  const silent = await Promise.all(
    Array.from({ length: 300 }, async (_, index) => call([echo, discard, chargen][index % 3] ?? echo)),
  );
  for (const { socket } of silent) socket.pause();
  const words = setInterval(() => speaking.say('.'), 100);
  await daemon.audits(301 + 300);
  clearInterval(words);
  expect(daemon.audit.filter((line) => line.includes('EXIT: '))).toHaveLength(300);
  speaking.say('still here');
  await speaking.hears(/still here/);
  speaking.hangUp();
  for (const { socket } of silent) socket.destroy();
  await until('every descriptor is closed', () => descriptorsOf(daemon.pid) <= descriptors);
});

test('a thousand clients of built-in services cost no process and no delay at the end', async () => {
  const port = freshPort();
  const daemon = await startDaemon(defaults() + builtin('echo', { port }));
  const clients = await Promise.all(Array.from({ length: 1000 }, () => call(port)));
  for (const client of clients) client.say('x');
  for (const client of clients) await client.hears(/x/);
  expect(childrenOf(daemon.pid)).toEqual([]);
  daemon.signal('SIGTERM');
  await Promise.all(clients.map((client) => client.ends(2000)));
  expect(await daemon.stop()).toBe(0);
});

test('services lists what the caller may use', async () => {
  const [port, open, hidden, sensor, wrapped] = [freshPort(), freshPort(), freshPort(), freshPort(), freshPort()];
  writeFileSync('/etc/hosts.deny', 'secret: 127.0.0.1\n');
  await startDaemon(
    defaults() +
      builtin('services', { port }) +
      builtin('daytime', { port: open, ...DATAGRAM }) +
      service('payroll', { port: hidden, server: '/bin/true', only_from: '10.9.9.9' }) +
      service('wrapped', { port: wrapped, server: '/bin/true', libwrap: 'secret' }) +
      service('local', { type: undefined, protocol: undefined, socket_path: '/run/local', server: '/bin/true' }) +
      builtin('echo', { port: sensor, flags: 'SENSOR' }),
  );
  const common = [`services tcp ${port}`, `daytime udp ${open}`];
  expect((await exchange(port)).split('\n')).toEqual([...common, '']);
  expect((await exchange(port, { host: '10.9.9.9', from: '10.9.9.9' })).split('\n')).toEqual([
    ...common,
    `payroll tcp ${hidden}`,
    `wrapped tcp ${wrapped}`,
    '',
  ]);
});

test('servers lists what runs for the caller', async () => {
  const [port, held] = [freshPort(), freshPort()];
  await startDaemon(
    defaults() + builtin('servers', { port, flags: 'IPv4' }) + service('held', { port: held, server: '/bin/cat' }),
  );
  const client = await call(held);
  client.say('x');
  await client.hears(/x/);
  expect(await exchange(port)).toMatch(/^held server\npid = \d+\n/);
  expect(await exchange(port, { host: '10.9.9.9', from: '10.9.9.9' })).not.toContain('held');
  client.hangUp();
});
