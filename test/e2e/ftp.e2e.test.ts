// The story most newcomers read: vsftpd is put behind the super-server, so that it runs only while somebody uses it.
// The service file is the usual one, the main file is the one distributions ship.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { call } from './support/clients.ts';
import { output, run } from './support/command.ts';
import { startSyslog } from './support/companion.ts';
import { startDaemon } from './support/daemon.ts';
import { childrenOf } from './support/processes.ts';
import { until } from './support/wait.ts';

const MAIN = `defaults
{
	log_type	= SYSLOG daemon info
	log_on_failure	= HOST
	log_on_success	= PID HOST DURATION EXIT
	cps		= 50 10
	instances	= 50
	per_source	= 10
	v6only		= no
	groups		= yes
	umask		= 002
}
includedir /etc/xinetd.d
`;

const FTP = `service ftp
{
        disable         = no
        socket_type     = stream
        wait            = no
        user            = root
        server          = /usr/sbin/vsftpd
        log_on_failure  += USERID
}
`;

const VSFTPD = `listen_ipv6=NO
anonymous_enable=NO
local_enable=YES
write_enable=YES
seccomp_sandbox=NO
secure_chroot_dir=/run/vsftpd/empty
`;

beforeAll(async () => {
  await output('sh', ['-c', 'rm -rf /etc/xinetd.d; mkdir -p /etc/xinetd.d /run/home /run/vsftpd/empty']);
  await output('useradd', ['--no-log-init', '-d', '/run/home/ann', '-m', '-s', '/bin/sh', 'ann']);
  await output('chpasswd', [], { input: 'ann:secret\n' });
  writeFileSync('/etc/xinetd.d/ftp', FTP);
});

test('a login transfers files both ways', async () => {
  writeFileSync('/etc/vsftpd.conf', `listen=NO\n${VSFTPD}`);
  await startDaemon(MAIN);
  mkdirSync('/run/files', { recursive: true });
  writeFileSync('/run/files/up', 'carried up\n'.repeat(10_000));
  const script = ['put /run/files/up', 'get up -o /run/files/down', 'ls', 'bye'].join('; ');
  const listing = await output('lftp', ['-u', 'ann,secret', '-e', script, 'ftp://127.0.0.1'], {
    env: { HOME: '/run' },
  });
  expect(listing).toMatch(/ 110000 .* up\n/);
  expect(readFileSync('/run/files/down', 'latin1')).toBe(readFileSync('/run/files/up', 'latin1'));
  expect(await output('curl', ['-s', '--user', 'ann:secret', 'ftp://127.0.0.1/up'])).toHaveLength(110_000);
});

test('vsftpd is a child of the daemon only while somebody is connected', async () => {
  writeFileSync('/etc/vsftpd.conf', `listen=NO\n${VSFTPD}`);
  const syslog = await startSyslog();
  const daemon = await startDaemon(MAIN);
  const servers = (): readonly string[] => childrenOf(daemon.pid).map((child) => child.name);
  expect(servers()).not.toContain('vsftpd');

  const session = await call(21);
  await session.hears(/^220 \(vsFTPd [\d.]+\)\r\n/);
  expect(servers()).toContain('vsftpd');

  session.say('USER ann\r\n');
  await session.hears(/^331 /m);
  session.say('PASS secret\r\n');
  await session.hears(/^230 Login successful/m);
  session.say('QUIT\r\n');
  await session.hears(/^221 Goodbye/m);
  await until('vsftpd is gone', () => !servers().includes('vsftpd'));
  const lines = await until('EXIT in syslog', () => syslog().some((line) => /EXIT: ftp/.test(line)) && syslog());
  const [start = '', exit = ''] = lines.filter((line) => /START|EXIT/.test(line));
  expect(start).toMatch(/^<30>.* xinetd(-ts)?\[\d+\]: START: ftp pid=\d+ from=::ffff:127\.0\.0\.1$/);
  // vsftpd's own: it ends with 2 now and then, under the reference as well (13 of 150 sessions on one core).
  expect(exit).toMatch(/^<30>.* xinetd(-ts)?\[\d+\]: EXIT: ftp status=[02] pid=\d+ duration=\d+\(sec\)$/);
});

test('the client of tnftp reaches the same server', async () => {
  writeFileSync('/etc/vsftpd.conf', `listen=NO\n${VSFTPD}`);
  await startDaemon(MAIN);
  const session = await run('ftp', ['-n', '-v', '127.0.0.1'], { input: 'user ann secret\npwd\nquit\n' });
  expect(session.stdout).toMatch(/220 \(vsFTPd[^]*230 Login successful[^]*Remote directory: \/run\/home\/ann\n/);
});

test('a vsftpd that wants to listen itself shows its failure in EXIT', async () => {
  writeFileSync('/etc/vsftpd.conf', `listen=YES\n${VSFTPD}`);
  const syslog = await startSyslog();
  await startDaemon(MAIN);
  const session = await call(21);
  await session.ends();
  expect(session.heard).not.toMatch(/^220/);
  const exit = await until('EXIT in syslog', () => syslog().find((line) => /EXIT: ftp/.test(line)));
  expect(exit).toMatch(/EXIT: ftp status=[1-9]\d* pid=\d+ duration=\d+\(sec\)$/);
});
