// xinetd-ts convert: what it writes is read by the daemon, and by systemd's own checker.

import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exchange } from './support/clients.ts';
import { run } from './support/command.ts';
import type { CommandResult } from './support/command.ts';
import { DAEMON, startDaemon } from './support/daemon.ts';

function xinetd(...words: readonly string[]): Promise<CommandResult> {
  const [program = '', ...first] = DAEMON;
  return run(program, [...first, ...words]);
}

const INETD = `# old
127.0.0.1:9991 stream tcp4 nowait.40 nobody:nogroup /bin/echo echo by address
greeting stream tcp nowait root /usr/sbin/tcpd /bin/echo behind tcpd
daytime stream tcp nowait root internal
daytime dgram udp nowait root internal
`;

const XINETD = `defaults
{
	instances = 60
	cps       = 25 30
	only_from = 127.0.0.0/8 ::1 .example.org
}
service ftp
{
	socket_type  = stream
	wait         = no
	user         = root
	server       = /bin/cat
	server_args  = -u $HOME 100% a;b "q"
	no_access    = 127.0.0.9
	access_times = 09:00-17:00
	env          = A=b%c
	rlimit_as    = 64M
	rlimit_cpu   = UNLIMITED
}
service tftp
{
	socket_type = dgram
	wait        = yes
	user        = root
	server      = /bin/cat
	flags       = IPv4
}
service http
{
	socket_type = stream
	wait        = no
	user        = root
	redirect    = ::1 8080
}
`;

test('a converted inetd.conf serves what the lines served', async () => {
  appendFileSync('/etc/services', 'greeting\t9992/tcp\n');
  writeFileSync('/etc/hosts.deny', '');
  writeFileSync('/run/inetd.conf', INETD);
  const { status, stdout, stderr } = await xinetd('convert', 'inetd', '/run/inetd.conf');
  expect([status, stderr]).toEqual([0, '']);
  await startDaemon(stdout);
  expect(await exchange(9991)).toBe('by address\n');
  expect(await exchange(9992)).toBe('behind tcpd\n');
  expect(await exchange(13)).toMatch(/^\d\d /);
});

test('one file for each service, and none is overwritten', async () => {
  const folder = '/run/blocks/of/inetd';
  writeFileSync('/run/inetd.conf', INETD);
  expect((await xinetd('convert', 'inetd', '/run/inetd.conf', '--output', folder)).status).toBe(0);
  expect(readdirSync(folder).toSorted()).toEqual(['9991', 'daytime', 'greeting']);
  const again = await xinetd('convert', 'inetd', '/run/inetd.conf', '-o', folder);
  expect(again.status).toBe(1);
  expect(again.stderr).toContain('EEXIST');
});

test('mistakes of the lines and of the result are told', async () => {
  writeFileSync('/run/inetd.conf', 'nosuch stream tcp nowait root /bin/cat\nftp strem tcp nowait root /bin/cat\n');
  const { status, stderr } = await xinetd('convert', 'inetd', '/run/inetd.conf');
  expect(status).toBe(1);
  expect(stderr).toMatch(/inetd\.conf:2:5: error XC042: /);
  expect(stderr).toMatch(/converted:\d+:9: error XC204: .*nosuch/);
});

test('what cannot be read or written is told without a trace', async () => {
  writeFileSync('/run/inetd.conf', INETD);
  const missing = await xinetd('convert', 'inetd', '/run/nowhere');
  expect([missing.status, missing.stderr]).toEqual([1, expect.stringMatching(/^ENOENT: .*\n$/)]);
  const blocked = await xinetd('convert', 'inetd', '/run/inetd.conf', '-o', '/run/inetd.conf');
  expect([blocked.status, blocked.stderr]).toEqual([1, expect.stringMatching(/^EEXIST: .*\n$/)]);
});

test('units of systemd pass its checker, and what they lose is told', async () => {
  const folder = mkdtempSync('/run/units.');
  writeFileSync('/run/xinetd.conf', XINETD);
  const { status, stdout } = await xinetd('convert', 'systemd', '-f', '/run/xinetd.conf', '-o', folder);
  expect(status).toBe(0);
  expect(stdout).toMatch(/callers are served whom xinetd refuses:\n.*xinetd\.conf:4: cps = 25 30 \[ftp, tftp, http\]/);
  expect(stdout).toMatch(/xinetd\.conf:15: access_times = 09:00-17:00 \[ftp\]/);
  const template = readFileSync(join(folder, 'ftp@.service'));
  mkdirSync('/run/instance');
  writeFileSync('/run/instance/ftp@1.service', template);
  const units = readdirSync(folder).filter((name) => !name.includes('@'));
  const paths = [...units.map((name) => join(folder, name)), '/run/instance/ftp@1.service'];
  const verified = await run('systemd-analyze', ['verify', '--man=no', ...paths]);
  expect([verified.status, verified.stderr]).toEqual([0, '']);
});

test('without a folder the units and the report are one JSON text', async () => {
  writeFileSync('/run/xinetd.conf', XINETD);
  const { status, stdout } = await xinetd('convert', 'systemd', '-f', '/run/xinetd.conf', '--json');
  const { units, refused } = JSON.parse(stdout) as { units: { name: string; text: string }[]; refused: unknown[] };
  expect([status, units.length, refused]).toEqual([0, 6, []]);
  expect(units.find(({ name }) => name === 'ftp.socket')?.text).toContain('\nIPAddressAllow=127.0.0.8\n');
});
