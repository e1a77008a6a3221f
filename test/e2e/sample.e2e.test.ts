// The sample configuration of xinetd.conf(5) with its servers replaced by a probe that prints what it was given:
// every attribute of the sample is seen from inside the child. (The sample's RECORD and 24:00 are not valid any more.)

import { beforeAll, expect, test } from 'vitest';
import { exchange } from './support/clients.ts';
import { output } from './support/command.ts';
import { REPOSITORY, startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';

const SAMPLE = `#
# Sample configuration file for xinetd
#

defaults
{
	log_type            = FILE {folder}/servicelog
	log_on_success      = PID
	log_on_failure      = HOST
	only_from           = 128.138.193.0 128.138.204.0 128.138.209.0
	only_from           = 128.138.252.1
	instances           = 10
	disabled            = rstatd
}

#
# Note 1: the protocol attribute is not required
# Note 2: the instances attribute overrides the default
#
service login
{
	socket_type         = stream
	protocol            = tcp
	wait                = no
	user                = root
	server              = /run/etc/in.rlogind
	instances           = UNLIMITED
}

#
# Note 1: the instances attribute overrides the default
# Note 2: the log_on_success flags are augmented
#
service shell
{
	socket_type         = stream
	wait                = no
	user                = root
	instances           = UNLIMITED
	server              = /run/etc/in.rshd
	log_on_success      += HOST
}

service ftp
{
	socket_type         = stream
	wait                = no
	nice                = 10
	user                = root
	server              = /run/etc/in.ftpd
	server_args         = -l
	instances           = 4
	log_on_success      += DURATION HOST USERID
	access_times        = 2:00-9:00 12:00-23:59
}

# Limit telnet sessions to 8 Mbytes of memory and a total
# 20 CPU seconds for child processes.
service telnet
{
	socket_type         = stream
	wait                = no
	nice                = 10
	user                = root
	server              = /run/etc/in.telnetd
	rlimit_as           = 8M
	rlimit_cpu          = 20
}

service rstatd
{
	type                = UNLISTED
	socket_type         = stream
	protocol            = tcp
	port                = 2999
	wait                = no
	user                = root
	server              = /run/etc/in.rshd
}
`;

const CALLER = '128.138.193.7';
const PORTS = { ftp: 21, telnet: 23, login: 513, shell: 514 };

beforeAll(async () => {
  const probe = `${REPOSITORY}/test/fixtures/programs/tell-all.sh`;
  await output('sh', [
    '-c',
    `mkdir /run/etc; for s in rlogind rshd ftpd telnetd; do cp ${probe} /run/etc/in.$s; done
     ip addr add ${CALLER}/32 dev lo; ip addr add 128.138.210.1/32 dev lo`,
  ]);
});

/** The probe's answer, section by section. */
async function ask(port: number): Promise<Readonly<Record<string, string>>> {
  const answer = await exchange(port, { from: CALLER });
  const sections = answer.split(/^== (\w+)\n/m).slice(1);
  const named = sections.flatMap((text, index) => (index % 2 === 0 ? [[text, sections[index + 1] ?? '']] : []));
  return Object.fromEntries(named);
}

/** A zone in which it is now this hour, whatever the time: offsets reach from -12 to +14 hours. */
function zoneWhereItIs(hour: number): Readonly<Record<string, string>> {
  const away = hour - new Date().getUTCHours();
  const ahead = away < -12 ? away + 24 : away;
  return { TZ: `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}` };
}

const startSample = (hour = 13): Promise<Daemon> => startDaemon(SAMPLE, { env: zoneWhereItIs(hour) });

test('four services start and the disabled one does not', async () => {
  const daemon = await startSample();
  expect(daemon.log).toMatch(/Started working: 4 available services/);
  await expect(exchange(2999, { from: CALLER })).rejects.toThrow(/ECONNREFUSED/);
});

test('login runs its server as root and nobody else', async () => {
  await startSample();
  const told = await ask(PORTS.login);
  expect(told['argv']).toBe('/run/etc/in.rlogind\n');
  expect(told['status']).toMatch(/^Uid:\t0\t0\t0\t0$/m);
  expect(told['status']).toMatch(/^Gid:\t0\t0\t0\t0$/m);
  expect(told['status']).toMatch(/^Groups:\s*$/m);
});

test('a server gets a clean start: session, signals, descriptors, folder', async () => {
  await startSample();
  const told = await ask(PORTS.shell);
  const [pid, , , , , session] = (told['stat'] ?? '').split(' ');
  expect(session).toBe(pid);
  expect(told['status']).toMatch(/^SigBlk:\t0+$/m);
  expect(told['status']).toMatch(/^SigIgn:\t0+$/m);
  expect(told['descriptors']).toBe('0\n1\n2\n');
  expect(told['cwd']).toBe('/\n');
  expect(told['environ']).toMatch(new RegExp(`^REMOTE_HOST=(::ffff:)?${CALLER}$`, 'm'));
});

test('ftp runs with its argument and niceness', async () => {
  await startSample();
  const told = await ask(PORTS.ftp);
  expect(told['argv']).toBe('/run/etc/in.ftpd\n-l\n');
  expect((told['stat'] ?? '').split(' ')[18]).toBe('10');
});

test('telnet runs with 8 MB of memory and 20 seconds', async () => {
  await startSample();
  const told = await ask(PORTS.telnet);
  expect(told['limits']).toMatch(/^Max address space +8388608 +8388608 +bytes/m);
  expect(told['limits']).toMatch(/^Max cpu time +20 +20 +seconds/m);
  expect((told['stat'] ?? '').split(' ')[18]).toBe('10');
});

test('log flags are inherited, replaced and augmented', async () => {
  const daemon = await startSample();
  const log = daemon.path('servicelog');
  for (const port of [PORTS.login, PORTS.shell, PORTS.ftp]) await ask(port);
  const lines = await output('sh', ['-c', `until [ $(wc -l <${log}) -ge 4 ]; do :; done; cut -d' ' -f2- ${log}`]);
  expect(lines).toMatch(/^START: login pid=\d+$/m);
  expect(lines).toMatch(/^START: shell pid=\d+ from=(::ffff:)?128\.138\.193\.7$/m);
  expect(lines).toMatch(/^START: ftp pid=\d+ from=(::ffff:)?128\.138\.193\.7$/m);
  expect(lines).toMatch(/^EXIT: ftp pid=\d+ duration=\d+\(sec\)$/m);
});

test('a caller from elsewhere is refused', async () => {
  const daemon = await startSample();
  expect(await exchange(PORTS.login, { from: '128.138.210.1' })).toBe('');
  expect(await exchange(PORTS.login)).toBe('');
  const log = daemon.path('servicelog');
  const lines = await output('sh', ['-c', `until [ $(grep -c FAIL ${log}) -ge 2 ]; do :; done; cut -d' ' -f2- ${log}`]);
  expect(lines).toMatch(/^FAIL: login address from=(::ffff:)?128\.138\.210\.1$/m);
});

test('ftp is refused between its access times', async () => {
  const daemon = await startSample(10);
  expect(await exchange(PORTS.ftp, { from: CALLER })).toBe('');
  const log = daemon.path('servicelog');
  const lines = await output('sh', ['-c', `until grep FAIL ${log}; do :; done`]);
  expect(lines).toMatch(/FAIL: ftp time from=(::ffff:)?128\.138\.193\.7$/m);
});
