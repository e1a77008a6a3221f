// The life of the daemon: detaching, the pid file, start-up errors, the signals that end it and those that ask it something.

import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { call, exchange } from './support/clients.ts';
import { run } from './support/command.ts';
import type { CommandResult } from './support/command.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { DAEMON, daemonFolder, startDaemon } from './support/daemon.ts';
import { childrenOf, isAlive, listeningOn, processes, statusField } from './support/processes.ts';
import { until } from './support/wait.ts';

const DATE = /^\d\d [A-Z]{3} \d{4}/;
const DUMP = '/run/xinetd.dump';

interface Detached extends CommandResult {
  readonly folder: string;
  readonly pidFile: string;
}

/** Runs the daemon without -dontfork; its detached half is ended after the test. */
async function detach(text: string, flags: readonly string[] = []): Promise<Detached> {
  const folder = daemonFolder();
  writeFileSync(join(folder, 'conf'), text);
  const pidFile = join(folder, 'pid');
  const [program = '', ...words] = DAEMON;
  const files = ['-filelog', join(folder, 'log'), '-pidfile', pidFile, '-f', join(folder, 'conf')];
  const result = await run(program, [...words, ...files, ...flags]);
  afterTest(async () => {
    if (!existsSync(pidFile)) return;
    const pid = pidIn(pidFile);
    if (isAlive(pid)) process.kill(pid, 'SIGTERM');
    await until('the detached daemon ends', () => !isAlive(pid));
  });
  return { ...result, folder, pidFile };
}

const pidIn = (path: string): number => Number(readFileSync(path, 'latin1'));

test('the parent exits once the services are up', async () => {
  const port = freshPort();
  const started = await detach(defaults() + builtin('daytime', { port }));
  expect(started.status).toBe(0);
  expect(await exchange(port)).toMatch(DATE);
});

test('the detached daemon leads a session of its own and stands in /', async () => {
  const started = await detach(defaults() + builtin('daytime', { port: freshPort() }));
  const pid = pidIn(started.pidFile);
  expect(processes().find((seen) => seen.pid === pid)?.parent).toBe(1);
  expect(statusField(pid, 'NSsid')).toBe(String(pid));
  expect(await run('readlink', [`/proc/${pid}/cwd`])).toMatchObject({ stdout: '/\n' });
});

test('servers of the detached daemon see nothing of its start', async () => {
  const port = freshPort();
  await detach(defaults() + service('env', { port, server: '/usr/bin/env' }));
  expect(await exchange(port)).not.toMatch(/XINETD_TS_STATUS/);
});

test('the pid file names the daemon and goes with it', async () => {
  const started = await detach(defaults() + builtin('daytime', { port: freshPort() }));
  expect(readFileSync(started.pidFile, 'latin1')).toMatch(/^\d+\n$/);
  expect(lstatSync(started.pidFile).mode & 0o777).toBe(0o644);
  const pid = pidIn(started.pidFile);
  process.kill(pid, 'SIGTERM');
  await until('the daemon ends', () => !isAlive(pid));
  expect(existsSync(started.pidFile)).toBe(false);
});

test.for([
  ['an unreadable main file', [], '-f /nowhere/xinetd.conf', /\/nowhere\/xinetd\.conf/],
  ['no services', [defaults()], '', /no services/i],
  ['bad defaults', ['defaults\n{\n\tinstances = many\n}\n', builtin('time', { port: 29_999 })], '', /instances/i],
] as const)('%s is told and ends with status 1', async ([, text, flags, message]) => {
  const started = await detach(text.join(''), flags === '' ? [] : flags.split(' '));
  expect(started.stderr).toMatch(message);
  expect(started.status).toBe(1);
});

test('a left-over word ends in the usage line and status 1', async () => {
  const started = await detach(defaults(), ['surplus']);
  expect(started.stderr).toMatch(/^Usage: \S+ \[-d\]/m);
  expect(started.status).toBe(1);
});

test.for(['SIGTERM', 'SIGQUIT'] as const)('%s ends the daemon but not its servers', async (signal) => {
  const port = freshPort();
  const daemon = await startDaemon(defaults() + service('cat', { port, server: '/bin/cat' }));
  const client = await call(port);
  const [server] = await until('the server runs', () => childrenOf(daemon.pid).length > 0 && childrenOf(daemon.pid));
  daemon.signal(signal);
  await until('the daemon ends', () => daemon.process.exitCode !== null);
  expect(daemon.process.exitCode).toBe(0);
  await daemon.logs(/WARNING: Exiting\.\.\./);
  client.say('still here\n');
  await client.hears(/still here\n/);
  client.hangUp();
  await until('the server ends', () => !isAlive(server?.pid ?? 0));
});

test('SIGUSR1 appends the state to the dump file', async () => {
  const port = freshPort();
  const daemon = await startDaemon(defaults() + service('cat', { port, server: '/bin/cat' }));
  const client = await call(port);
  await until('the server runs', () => childrenOf(daemon.pid).length > 0);
  daemon.signal('SIGUSR1');
  await daemon.logs(/generated state dump in file \/var\/run\/xinetd\.dump/);
  const dump = readFileSync(DUMP, 'latin1');
  expect(dump).toMatch(/^INTERNAL STATE DUMP: [^]*^Service = cat\n\tState = Active\n[^]*\trunning servers = 1\n/m);
  expect(dump).toMatch(/END OF DUMP\n\n?$/);
  client.hangUp();
});

test('SIGABRT checks the tables', async () => {
  const daemon = await startDaemon(defaults() + builtin('daytime', { port: freshPort() }));
  daemon.signal('SIGABRT');
  await daemon.logs(/INFO: Consistency check passed/);
});

test('-cc checks the tables again and again, and says so only with -d', async () => {
  const text = defaults() + builtin('daytime', { port: freshPort() });
  const quiet = await startDaemon(text, { flags: ['-cc', '1'] });
  const shown = await startDaemon(text.replace(/port = \d+/, `port = ${freshPort()}`), {
    flags: ['-cc', '1', '-d'],
    ready: /(?:)/,
  });
  await until('two checks', () => (shown.said.match(/Consistency check passed/g)?.length ?? 0) >= 2);
  expect(quiet.log).not.toContain('Consistency');
  await quiet.stop();
});

test('SIGINT and strangers are ignored in the foreground', async () => {
  const port = freshPort();
  const daemon = await startDaemon(defaults() + builtin('daytime', { port }));
  for (const signal of ['SIGINT', 'SIGALRM', 'SIGWINCH', 'SIGIO'] as const) daemon.signal(signal);
  for (const realTime of [34, 50, 64]) process.kill(daemon.pid, realTime);
  expect(await exchange(port)).toMatch(DATE);
});

test('SIGUSR1 during start-up of the installed command opens no debugger', async () => {
  const first = freshPort(1000);
  const many = Array.from({ length: 1000 }, (_, index) =>
    builtin('daytime', { id: `daytime-${index}`, port: first + index }),
  );
  let wasOpen = false;
  const up = new AbortController();
  const ask = async (): Promise<void> => {
    const daemon = await until('the daemon handles signals', () =>
      processes().find(({ pid, commandLine }) => commandLine.includes('-dontfork') && catchesUsr1(pid)),
    );
    while (!up.signal.aborted) {
      process.kill(daemon.pid, 'SIGUSR1');
      await new Promise((resolve) => setImmediate(resolve));
      wasOpen ||= listeningOn(9229);
    }
  };
  const starting = startDaemon(defaults() + many.join(''), { command: DAEMON.slice(-1) }).finally(() => up.abort());
  await Promise.all([starting, ask()]);
  expect(await exchange(first + 999)).toMatch(DATE);
  expect(wasOpen || listeningOn(9229)).toBe(false);
});

/** A process that has no handler yet would die of the signal, as every process does. */
function catchesUsr1(pid: number): boolean {
  try {
    return (BigInt(`0x${statusField(pid, 'SigCgt') ?? '0'}`) & (1n << 9n)) !== 0n;
  } catch {
    return false;
  }
}

test('-version tells the version and the compiled-in words', async () => {
  const [program = '', ...words] = DAEMON;
  const told = await run(program, [...words, '-version']);
  expect(told).toMatchObject({ status: 0, stdout: '' });
  expect(told.stderr).toMatch(/^(?!0\.0\.0)\d+\.\d+\.\d+\S*( libwrap)?( loadavg)?\n$/);
});
