// hosts.allow and hosts.deny: who is let in, what rules do besides, and that a change counts without a reload.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { call, datagram, exchange } from './support/clients.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { startNameServer } from './support/name-server.ts';
import { until } from './support/wait.ts';

const LOG = { log_type: 'FILE {audit}', log_on_success: 'HOST EXIT', log_on_failure: 'HOST' };
const FRIEND = '127.0.0.66';
const FOE = '127.0.0.67';

function write(allow: string, deny: string): void {
  writeFileSync('/etc/hosts.allow', allow);
  writeFileSync('/etc/hosts.deny', deny);
}

beforeEach(() => write('', ''));

/** A shell script as a service `sh`, which is also its name in the files. */
async function startScript(
  script: string,
  attributes: Record<string, string> = {},
): Promise<{ daemon: Daemon; port: number }> {
  const port = freshPort();
  const text = service('sh', { ...LOG, port, server: '/bin/sh', server_args: '{folder}/script', ...attributes });
  const daemon = await startDaemon(defaults() + text);
  writeFileSync(daemon.path('script'), script);
  return { daemon, port };
}

test('a caller of hosts.deny is refused, as the reference says it', async () => {
  write(`sh: ${FRIEND}\n`, 'sh: ALL\n');
  const { daemon, port } = await startScript('echo hello');
  expect(await exchange(port, { from: FRIEND })).toBe('hello\n');
  await daemon.audits(2);
  expect(await exchange(port, { from: FOE })).toBe('');
  await daemon.logs(/INFO: libwrap refused connection to sh \(libwrap=sh\) from ::ffff:127\.0\.0\.67\n/);
  const lines = (await daemon.audits(5)).slice(2);
  expect(lines[0]).toMatch(/START: sh from=::ffff:127\.0\.0\.67/);
  expect(lines[1]).toMatch(/FAIL: sh libwrap from=::ffff:127\.0\.0\.67/);
  expect(lines[2]).toMatch(/EXIT: sh status=0/);
});

test('NOLIBWRAP leaves the files out, libwrap looks for another name', async () => {
  write('', 'sh other: ALL\n');
  const port = freshPort(3);
  const script = { server: '/bin/sh', server_args: '-c hostname' };
  await startDaemon(
    defaults() +
      service('open', { port, flags: 'NOLIBWRAP', server: '/bin/echo', server_args: 'open' }) +
      service('named', { port: port + 1, libwrap: 'fine', ...script }) +
      service('other', { port: port + 2, libwrap: 'other', server: '/bin/echo', server_args: 'other' }),
  );
  expect(await exchange(port)).toBe('open\n');
  expect(await exchange(port + 1)).not.toBe('');
  expect(await exchange(port + 2)).toBe('');
});

test('a change of the files counts within a second, without a reload', async () => {
  const { port } = await startScript('echo hello');
  expect(await exchange(port)).toBe('hello\n');
  write('', 'ALL: ALL\n');
  await until('everybody is refused', async () => (await exchange(port)) === '', 1500);
  write('sh: /etc/friends\n', 'ALL: ALL\n');
  writeFileSync('/etc/friends', `192.0.2.1 ${FRIEND}\n`);
  await until('friends are let in', async () => (await exchange(port, { from: FRIEND })) === 'hello\n', 1500);
  expect(await exchange(port, { from: FOE })).toBe('');
  writeFileSync('/etc/friends', `${FOE}\n`);
  await until('the others are', async () => (await exchange(port, { from: FOE })) === 'hello\n', 1500);
});

test('however long nobody has called, the first caller meets the files as they are', async () => {
  const { port } = await startScript('echo hello');
  expect(await exchange(port)).toBe('hello\n');
  await pause(1100);
  write('', 'ALL: ALL\n');
  expect(await exchange(port)).toBe('');
});

test('broken files let nobody in that they should not', async () => {
  write('sh: ALL: bogus\n', '');
  const { daemon, port } = await startScript('echo hello');
  expect(await exchange(port)).toBe('');
  await daemon.logs(/ERROR: \/etc\/hosts\.allow:1: bad option name: "bogus"/);
  write('', 'nobody: ALL');
  await pause(1100);
  expect(await exchange(port)).toBe('');
  await daemon.logs(/WARNING: \/etc\/hosts\.deny:1: missing newline or line too long/);
  rmSync('/etc/hosts.deny');
  mkdirSync('/etc/hosts.deny');
  await pause(1100);
  expect(await exchange(port)).toBe('');
  rmSync('/etc/hosts.deny', { recursive: true });
  await pause(1100);
  expect(await exchange(port)).toBe('hello\n');
});

test('a name is asked for only where a rule needs it, and must be confirmed', async () => {
  const names = { [FRIEND]: 'friend.test', [FOE]: 'friend.test' };
  const asked = await startNameServer({ names, addresses: { 'friend.test': FRIEND } });
  write('sh: 127.0.0.1\nsh: friend.test\n', 'sh: ALL EXCEPT LOCAL\n');
  const { port } = await startScript('echo hello');
  expect(await exchange(port)).toBe('hello\n');
  expect(asked).toEqual([]);
  expect(await exchange(port, { from: FRIEND })).toBe('hello\n');
  expect(await exchange(port, { from: FOE })).toBe('');
});

test('a caller with a false name is PARANOID', async () => {
  await startNameServer({ names: { [FOE]: 'friend.test' }, addresses: { 'friend.test': FRIEND } });
  write('', 'sh: PARANOID\n');
  const { port } = await startScript('echo hello');
  expect(await exchange(port, { from: '127.0.0.68' })).toBe('hello\n');
  expect(await exchange(port, { from: FOE })).toBe('');
});

test('twist puts a command into the server’s place', async () => {
  write('sh: ALL: setenv GREETING hi %a: umask 077: twist echo $GREETING from %A; umask; exit 3\n', '');
  const { daemon, port } = await startScript('echo hello');
  expect(await exchange(port, { from: FRIEND })).toBe(`hi ${FRIEND} from 127.0.0.1\n0077\n`);
  expect((await daemon.audits(2))[1]).toMatch(/EXIT: sh status=3/);
});

test('the server runs as the rule wants it', async () => {
  write('sh: ALL: nice 5: umask 027: setenv WHO %d: user daemon.bin\n', '');
  const { port } = await startScript('umask; nice; id -un; id -Gn; echo $WHO');
  expect(await exchange(port)).toBe('0027\n5\ndaemon\nbin\nsh\n');
});

test('a server that is not root becomes nobody else', async () => {
  write('sh: ALL: user root\n', '');
  const { daemon, port } = await startScript('id -un', { user: 'daemon' });
  expect(await exchange(port)).toBe('');
  await daemon.logs(/hosts\.allow:1: setgid\(root\): Operation not permitted/);
});

test('spawn is over before the server starts, also for those who are refused', async () => {
  const { daemon, port } = await startScript('cat {folder}/seen');
  const seen = daemon.path('seen');
  writeFileSync(daemon.path('script'), `cat ${seen}`);
  write(`sh: ${FRIEND}: spawn sleep 0.2; echo %d %c > ${seen}\n`, `ALL: ALL: spawn echo foe > ${seen}\n`);
  await pause(1100);
  expect(await exchange(port, { from: FRIEND })).toBe(`sh ${FRIEND}\n`);
  expect(await exchange(port, { from: FOE })).toBe('');
  expect(readFileSync(seen, 'latin1')).toBe('foe\n');
});

test('what a command takes delays nobody else', async () => {
  write(`sh: ${FOE}: spawn sleep 2\n`, '');
  const { port } = await startScript('echo hello');
  const slow = await call(port, { from: FOE });
  const before = performance.now();
  expect(await exchange(port, { from: FRIEND })).toBe('hello\n');
  expect(performance.now() - before).toBeLessThan(1000);
  expect(slow.heard).toBe('');
  await slow.ends(5000);
  expect(slow.heard).toBe('hello\n');
});

test('the status of aclexec decides', async () => {
  write(`sh: ALL: aclexec test %a = ${FRIEND}\n`, 'ALL: ALL\n');
  const { port } = await startScript('echo hello');
  expect(await exchange(port, { from: FRIEND })).toBe('hello\n');
  expect(await exchange(port, { from: FOE })).toBe('');
});

test('banners greet those who are let in and those who are not', async () => {
  mkdirSync('/etc/banners', { recursive: true });
  writeFileSync('/etc/banners/sh', 'you are %a\nbye');
  write(`sh: ${FRIEND}: banners /etc/banners\n`, 'ALL: ALL: banners /etc/banners\n');
  const { port } = await startScript('echo hello');
  expect(await exchange(port, { from: FRIEND })).toBe(`you are ${FRIEND}\r\nbyehello\n`);
  expect(await exchange(port, { from: FOE })).toBe(`you are ${FOE}\r\nbye`);
});

test.each(['nothing', 'a FIFO', 'a directory'])('a banner that is %s keeps nobody waiting', async (what) => {
  mkdirSync('/etc/banners', { recursive: true });
  rmSync('/etc/banners/sh', { recursive: true, force: true });
  if (what === 'a FIFO') execFileSync('mkfifo', ['/etc/banners/sh']);
  if (what === 'a directory') mkdirSync('/etc/banners/sh');
  write('sh: ALL: banners /etc/banners\n', '');
  const { daemon, port } = await startScript('echo hello');
  expect(await exchange(port)).toBe('hello\n');
  if (what === 'a directory') await daemon.logs(/banner \/etc\/banners\/sh: Is a directory \(errno = 21\)/);
});

test('built-in services and datagrams ask the files, too', async () => {
  write('', `daytime echo: ${FOE}\n`);
  const port = freshPort(2);
  const udp = { socket_type: 'dgram', protocol: 'udp', wait: 'yes', port: port + 1 };
  const daemon = await startDaemon(
    defaults() + builtin('daytime', { ...LOG, port }) + builtin('echo', { ...LOG, ...udp, flags: 'IPv4' }),
  );
  expect(await exchange(port, { from: FRIEND })).toMatch(/^\d\d [A-Z]{3} \d{4}/);
  expect(await exchange(port, { from: FOE })).toBe('');
  expect(await datagram(port + 1, 'one', { from: FRIEND })).toBe('one');
  await expect(datagram(port + 1, 'two', { from: FOE, limitMs: 300 })).rejects.toThrow(/no answer/);
  const fails = (await daemon.audits(4)).filter((line) => line.includes('FAIL'));
  expect(fails.map((line) => line.split(': ').slice(1).join(': '))).toEqual([
    'FAIL: daytime libwrap from=::ffff:127.0.0.67',
    'FAIL: echo libwrap from=127.0.0.67',
  ]);
  expect(existsSync('/etc/hosts.deny')).toBe(true);
});

test('a server that accepts by itself has an unknown caller', async () => {
  write('', 'cat: UNKNOWN\n');
  const port = freshPort();
  const daemon = await startDaemon(defaults() + service('cat', { ...LOG, port, wait: 'yes', server: '/bin/cat' }));
  const caller = await call(port);
  await daemon.logs(/libwrap refused connection to cat \(libwrap=cat\) from <no address>/);
  caller.hangUp();
});
