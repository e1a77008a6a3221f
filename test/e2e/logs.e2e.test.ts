// Logs in trouble: deleted, renamed, too large, a link or a FIFO in their place, a full disk, a syslogd that has stopped.
// Everybody is served meanwhile, and no line is broken.

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { exchange } from './support/clients.ts';
import { output } from './support/command.ts';
import { startCompanion } from './support/companion.ts';
import { builtin, defaults, freshPort } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { until } from './support/wait.ts';

const DATE = /^\d\d [A-Z]{3} \d{4}/;
const LINE = /^\d\d\/\d{1,2}\/\d{1,2}@\d\d:\d\d:\d\d: START: day pid=0 from=::ffff:127\.0\.0\.1$/;

function day(port: number, logFile: string): string {
  return defaults() + builtin('daytime', { port, id: 'day', log_type: logFile, log_on_success: 'PID HOST' });
}

function linesOf(path: string): readonly string[] {
  return existsSync(path) ? readFileSync(path, 'latin1').split('\n').slice(0, -1) : [];
}

/** Calls until the log has a line. */
async function callUntilLogged(port: number, path: string): Promise<void> {
  await until(`a line in ${path}`, async () => {
    expect(await exchange(port)).toMatch(DATE);
    return linesOf(path).length > 0;
  });
}

test('a deleted log is made anew by itself', async () => {
  const port = freshPort();
  const daemon = await startDaemon(day(port, 'FILE {audit}'));
  await exchange(port);
  await daemon.audits(1);
  rmSync(daemon.path('audit'));
  await callUntilLogged(port, daemon.path('audit'));
});

test('a renamed log is followed by a new one, also when a reload is refused', async () => {
  const port = freshPort();
  const daemon = await startDaemon(day(port, 'FILE {audit}'));
  await exchange(port);
  await daemon.audits(1);
  renameSync(daemon.path('audit'), daemon.path('audit.1'));
  expect(await daemon.reload('service broken\n{\n')).toMatch(/failed/);
  expect(existsSync(daemon.path('audit'))).toBe(true);
  await exchange(port);
  await daemon.audits(1);
  expect(linesOf(daemon.path('audit.1'))).toHaveLength(1);
});

test('the own log of the daemon is made anew by itself', async () => {
  const port = freshPort();
  const daemon = await startDaemon(day(port, 'FILE {audit}'));
  rmSync(daemon.path('log'));
  await until('the log is there again', () => {
    daemon.signal('SIGABRT');
    return existsSync(daemon.path('log'));
  });
});

test('a link in the place of a log is not followed, nor is anybody kept waiting', async () => {
  const port = freshPort();
  writeFileSync('/run/precious', 'precious\n');
  symlinkSync('/run/precious', '/run/linked.log');
  const daemon = await startDaemon(day(port, 'FILE /run/linked.log'));
  expect(daemon.log).toMatch(/ERROR: day log waits until no link or FIFO is in its way: open\( \/run\/linked\.log \)/);
  expect(await exchange(port)).toMatch(DATE);
  expect(readFileSync('/run/precious', 'latin1')).toBe('precious\n');
  rmSync('/run/linked.log');
  await until('the line that waited', () => linesOf('/run/linked.log').length > 0);
  expect(linesOf('/run/linked.log')[0]).toMatch(LINE);
});

test('a FIFO in the place of a log stops nobody', async () => {
  const port = freshPort();
  await output('mkfifo', ['/run/fifo.log']);
  const daemon = await startDaemon(day(port, 'FILE /run/fifo.log'));
  expect(await exchange(port)).toMatch(DATE);
  expect(daemon.log).toContain('Started working: 1 available service');
});

/** A disk of 64 KiB with a file that leaves a few hundred bytes. */
async function fullDisk(path: string): Promise<void> {
  mkdirSync(path);
  await output('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path]);
  writeFileSync(`${path}/log`, '#'.repeat(3600) + '\n');
  for (const size of [4096, 512, 64, 1])
    try {
      for (;;) appendFileSync(`${path}/ballast`, '.'.repeat(size));
    } catch {}
}

async function serveMany(port: number, count: number): Promise<void> {
  for (let served = 0; served < count; served += 20)
    for (const answer of await Promise.all(Array.from({ length: 20 }, () => exchange(port))))
      expect(answer).toMatch(DATE);
}

test('a full disk costs no caller, breaks no line and loses none', async () => {
  const port = freshPort();
  await fullDisk('/run/small');
  const daemon: Daemon = await startDaemon(day(port, 'FILE /run/small/log'));
  await serveMany(port, 200);
  await daemon.logs(/ERROR: writing to day log failed: No space left on device \(errno = 28\)/);
  const whole = (): boolean => readFileSync('/run/small/log', 'latin1').endsWith('\n');
  expect(whole()).toBe(true);
  expect(linesOf('/run/small/log').length).toBeLessThan(201);
  rmSync('/run/small/ballast');
  await until('every line', () => linesOf('/run/small/log').length === 201);
  for (const line of linesOf('/run/small/log').slice(1)) expect(line).toMatch(LINE);
});

test('what waits on a full disk outlives a reload, and is counted when given up', async () => {
  const port = freshPort();
  await fullDisk('/run/smaller');
  const daemon = await startDaemon(day(port, 'FILE /run/smaller/log'));
  await serveMany(port, 100);
  await daemon.logs(/writing to day log failed/);
  const written = linesOf('/run/smaller/log').length - 1;
  await daemon.reload(day(port, 'FILE /run/smaller/log'));
  expect(daemon.log).not.toContain('were lost');
  await daemon.reload(day(port, 'FILE {audit}'));
  await daemon.logs(new RegExp(`WARNING: ${100 - written} line\\(s\\) of day log were lost`));
});

/** Owns /dev/log, reads nothing until `go` is called, then everything. */
async function stuckSyslog(): Promise<{ readonly go: () => void; readonly lines: () => readonly string[] }> {
  const reader = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/dev/log")
print("bound", flush=True)
sys.stdin.readline()
while True: print(s.recv(65536).decode("latin1").rstrip("\\n"), flush=True)
`;
  const companion = startCompanion('python3', ['-c', reader]);
  afterTest(() => rmSync('/dev/log', { force: true }));
  await companion.says(/bound/);
  return {
    go: () => companion.process.stdin.write('go\n'),
    lines: () => companion.said.split('\n').filter((line) => line.includes('START: day')),
  };
}

test('a syslogd that has stopped keeps nobody waiting, and gets every line later', async () => {
  const port = freshPort();
  const syslog = await stuckSyslog();
  await startDaemon(day(port, 'SYSLOG daemon info'));
  await serveMany(port, 200);
  expect(syslog.lines()).toEqual([]);
  syslog.go();
  await until('200 lines', () => syslog.lines().length === 200);
});

test('both limits of a log are reported, and after the hard one it is silent until a reload', async () => {
  const port = freshPort();
  const text = day(port, 'FILE {audit} 150 300');
  const daemon = await startDaemon(text);
  await serveMany(port, 20);
  await daemon.logs(/WARNING: soft limit exceeded on 'day'\n[^]*ERROR: Size of day log exceeded hard limit\n/);
  const size = readFileSync(daemon.path('audit')).length;
  expect(size).toBeGreaterThan(300);
  expect(size).toBeLessThan(400);
  expect(daemon.log.match(/exceeded/g)).toHaveLength(2);
  renameSync(daemon.path('audit'), daemon.path('audit.1'));
  await daemon.reload(text);
  await exchange(port);
  await daemon.audits(1);
});

test('standard output in a file goes on after a full disk', async () => {
  const port = freshPort();
  await fullDisk('/run/stdout');
  const wrapper = ['sh', '-c', 'exec "$@" >> /run/stdout/log', 'sh'];
  const daemon = await startDaemon(day(port, 'STDOUT'), { wrapper });
  await serveMany(port, 100);
  await daemon.logs(/ERROR: writing to stdout log failed/);
  rmSync('/run/stdout/ballast');
  await until('every line', () => linesOf('/run/stdout/log').length === 101);
  for (const line of linesOf('/run/stdout/log').slice(1)) expect(line).toMatch(LINE);
});

test('a common log that cannot be made is told once, and takes along the services that have it', async () => {
  const port = freshPort(3);
  const own = builtin('daytime', { port, id: 'own', log_type: 'SYSLOG daemon' });
  const common = ['a', 'b'].map((id, index) => builtin('daytime', { port: port + index + 1, id })).join('');
  const text = defaults({ log_type: 'FILE {folder}/nowhere/log' }) + own + common;
  const daemon = await startDaemon(text);
  await daemon.reload(text.replaceAll('daytime', 'time'));
  const told = daemon.log.match(/(?:creation of|Service) .*/g);
  const once = [
    'creation of default log failed',
    'Service a failed to start and is deactivated.',
    'Service b failed to start and is deactivated.',
  ];
  expect(told).toEqual([...once, ...once]);
});
