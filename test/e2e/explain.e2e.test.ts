// `xinetd-ts explain` beside a running daemon: what is in use, who is banned, and what the files say.

import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { call } from './support/clients.ts';
import { run } from './support/command.ts';
import type { CommandResult } from './support/command.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { DAEMON, startDaemon } from './support/daemon.ts';
import { until } from './support/wait.ts';

function command(...words: readonly string[]): Promise<CommandResult> {
  const [program = '', ...before] = DAEMON;
  return run(program, [...before, ...words]);
}

test('explain says what the daemon knows', async () => {
  const port = freshPort();
  const limits = { instances: 2, per_source: 1, max_load: 1000 };
  const text = service('cat', { port, server: '/bin/cat', ...limits });
  const daemon = await startDaemon(defaults() + text);
  const explain = (...words: readonly string[]) => command('explain', 'cat', ...words, '-f', daemon.path('conf'));
  await until('the control socket is there', async () => (await command('bans')).status === 0);

  const one = await call(port, { from: '127.0.0.66' });
  one.say('hello');
  await one.hears(/hello/);
  const served = await explain('127.0.0.66');
  expect(served).toMatchObject({ status: 1 });
  expect(served.stdout).toMatch(/DENIED: up to 1 servers for one source; 1 now/);
  expect(served.stdout).toMatch(/^ {2}instances +passes {2}up to 2 servers; 1 now$/m);
  expect((await explain('127.0.0.67')).status).toBe(0);
  expect((await explain('127.0.0.66', '--offline')).status).toBe(0);
  await command('bans', 'add', '127.0.0.67', '5');
  expect((await explain('127.0.0.67')).stdout).toMatch(/DENIED: banned for another (300|29\d) s/);
  writeFileSync('/etc/hosts.deny', 'cat: 127.0.0.68\n');
  expect((await explain('127.0.0.68')).stdout).toMatch(/DENIED: \/etc\/hosts\.deny:1 refuses/);
  writeFileSync('/etc/hosts.deny', '');
  one.hangUp();
});

test('explain and -t read inetd.conf where they are told to', async () => {
  const port = freshPort();
  writeFileSync('/etc/services', `oldie ${port}/tcp\n`, { flag: 'a' });
  writeFileSync('/etc/inetd.conf', 'oldie stream tcp nowait root /bin/echo echo hi\n');
  const daemon = await startDaemon(defaults() + builtin('daytime', { port: freshPort() }));
  const words = ['-inetd_compat', '-f', daemon.path('conf')];
  expect((await command('explain', 'oldie', '127.0.0.1', ...words)).status).toBe(0);
  expect((await command('explain', 'oldie', '127.0.0.1', '-f', daemon.path('conf'))).status).toBe(2);
  expect((await command('-t', '--json', ...words)).stdout).toContain('"id": "oldie"');
});
