// An old /etc/inetd.conf under -inetd_compat: a logging service over datagrams that one waiting server handles,
// programs for each connection in the notations of several systems, built-in services, and a reload.

import { createSocket } from 'node:dgram';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { call, exchange } from './support/clients.ts';
import { output } from './support/command.ts';
import { startCompanion } from './support/companion.ts';
import { defaults } from './support/configuration.ts';
import { REPOSITORY, startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { childrenOf } from './support/processes.ts';
import { until } from './support/wait.ts';

const LOGFILE = '/run/logfile.txt';
const PROGRAM = '/run/errlogd';

async function startWith(lines: string): Promise<Daemon> {
  appendFileSync('/etc/services', 'errorLogger\t9999/udp\ngreeting\t9998/tcp\n');
  writeFileSync('/etc/inetd.conf', lines);
  rmSync(LOGFILE, { force: true });
  await output('gcc', ['-O1', '-Wall', '-o', PROGRAM, `${REPOSITORY}/test/fixtures/programs/error-logger.c`]);
  const log = { log_type: 'FILE {audit}', log_on_success: 'PID HOST EXIT' };
  return startDaemon(defaults(log), { flags: ['-inetd_compat'] });
}

function sendDatagram(port: number, text: string): Promise<void> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.send(text, port, '127.0.0.1', () => socket.close(() => resolve()));
  });
}

test('one waiting server takes every datagram', async () => {
  const daemon = await startWith(`errorLogger dgram udp wait root ${PROGRAM} errlogd ${LOGFILE}\n`);
  const logged = (text: string): Promise<true> =>
    until(text, () => existsSync(LOGFILE) && readFileSync(LOGFILE, 'latin1') === text && true);
  await sendDatagram(9999, 'first\n');
  await logged('first\n');
  const [server] = childrenOf(daemon.pid);
  afterTest(() => process.kill(server?.pid ?? 0, 'SIGTERM'));
  await sendDatagram(9999, 'second\n');
  await logged('first\nsecond\n');
  expect(childrenOf(daemon.pid)).toHaveLength(1);
  expect((await daemon.audits(1))[0]).toMatch(/START: errorLogger pid=\d+ from=(::ffff:)?127\.0\.0\.1$/);
});

test('a waiting server that ended is started again', async () => {
  const daemon = await startWith(`errorLogger dgram udp wait root ${PROGRAM} errlogd ${LOGFILE}\n`);
  await sendDatagram(9999, 'first\n');
  await until('the server has read', () => existsSync(LOGFILE) && readFileSync(LOGFILE, 'latin1') === 'first\n');
  for (const { pid } of childrenOf(daemon.pid)) process.kill(pid, 'SIGTERM');
  expect((await daemon.audits(2))[1]).toMatch(/EXIT: errorLogger signal=15 pid=\d+$/);
  await sendDatagram(9999, 'second\n');
  await until('it reads again', () => readFileSync(LOGFILE, 'latin1') === 'first\nsecond\n');
  for (const { pid } of childrenOf(daemon.pid)) process.kill(pid, 'SIGTERM');
  await daemon.audits(4);
});

test('a nowait line runs its program with the words as written', async () => {
  await startWith('# comment\n\ngreeting stream tcp nowait nobody /bin/echo echo good day\n');
  expect(await exchange(9998)).toBe('good day\n');
});

test('a built-in line answers by itself', async () => {
  await startWith('daytime stream tcp nowait root internal\n');
  expect(await exchange(13)).toMatch(/^\d\d [A-Z]{3} \d{4} /);
});

test('the telnet server of AIX takes callers of both families', async () => {
  await startWith('telnet stream tcp6 nowait root /usr/sbin/telnetd telnetd -h\n');
  for (const host of ['127.0.0.1', '::1']) await startCompanion('telnet', [host]).says(/login: /);
});

test('a line for each family serves each family', async () => {
  await startWith(
    'greeting stream tcp nowait root /bin/echo echo four\ngreeting stream tcp6 nowait root /bin/echo echo six\n',
  );
  expect([await exchange(9998), await exchange(9998, { host: '::1' })]).toEqual(['four\n', 'six\n']);
});

test('a line may name an address, a port, a group and a limit', async () => {
  await startWith('10.9.9.9:7001 stream tcp nowait.40 nobody:daemon /usr/bin/id id -gn\n');
  expect(await exchange(7001, { host: '10.9.9.9' })).toBe('daemon\n');
  await expect(call(7001)).rejects.toThrow('ECONNREFUSED');
});

test('what tcpd guards is started without it, and hosts.deny holds', async () => {
  writeFileSync('/etc/hosts.allow', '');
  writeFileSync('/etc/hosts.deny', 'echo: 127.0.0.66\n');
  await startWith('greeting stream tcp nowait root /usr/sbin/tcpd /bin/echo behind tcpd\n');
  expect(await exchange(9998)).toBe('behind tcpd\n');
  expect(await exchange(9998, { from: '127.0.0.66' })).toBe('');
});

test('a reload reads the file again', async () => {
  const daemon = await startWith('greeting stream tcp nowait root /bin/echo echo before\n');
  writeFileSync(
    '/etc/inetd.conf',
    'greeting stream tcp nowait root /bin/echo echo after\ndiscard stream tcp nowait root internal\n',
  );
  daemon.signal('SIGHUP');
  await daemon.logs(/Reconfigured: new=1 old=1 dropped=0/);
  expect(await exchange(9998)).toBe('after\n');
  expect(await exchange(9, { send: 'nothing', isHalfClosed: true })).toBe('');
});

test('a path is listened on', async () => {
  await startWith(':::0666:/run/greeting.sock stream unix nowait root /bin/echo echo hello\n');
  const talk = 'import socket; s = socket.socket(socket.AF_UNIX); s.connect("/run/greeting.sock"); print(s.recv(9))';
  expect(await output('python3', ['-c', talk])).toBe("b'hello\\n'\n");
});
