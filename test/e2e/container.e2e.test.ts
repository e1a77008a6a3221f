// The daemon as the entry point of a container: process 1 of a root of its own, started as etc/Dockerfile says.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { call, exchange } from './support/clients.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { DAEMON, daemonFolder, REPOSITORY } from './support/daemon.ts';
import { childrenOf, statusField } from './support/processes.ts';
import { until } from './support/wait.ts';

const dockerfile = readFileSync(join(REPOSITORY, 'etc/Dockerfile'), 'latin1');
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a list of words, as Docker has it
const entryPoint = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]') as readonly string[];

/** Makes a root from the machine's programs and the built daemon, with files of its own, and runs the entry point in it. */
const ENTER = `set -eu
root=$1; shift
for folder in usr proc dev run tmp etc repository node; do mkdir -p "$root/$folder"; done
for link in bin sbin lib lib64; do [ ! -L "/$link" ] || ln -s "usr/$link" "$root/$link"; done
mount --bind /usr "$root/usr"; mount --rbind /dev "$root/dev"; mount -t proc proc "$root/proc"
mount --bind "$REPOSITORY" "$root/repository"; mount --bind "$NODE_FOLDER" "$root/node"
for file in passwd group services protocols; do cp "/etc/$file" "$root/etc/"; done
mkdir "$root/commands"; ln -s /repository/dist/xinetd-ts.js "$root/commands/xinetd-ts"
exec /usr/sbin/chroot "$root" /usr/bin/env PATH=/commands:/node:/usr/bin:/bin "$@"`;

test('the entry point serves, logs to its streams, reaps, and ends its servers', async () => {
  const root = daemonFolder();
  const port = freshPort(3);
  const orphans = { server: '/bin/sh', server_args: '-c (/bin/true;true)&exit' };
  mkdirSync(join(root, 'etc'));
  const text =
    defaults({ log_type: 'STDOUT', log_on_success: 'PID EXIT' }) +
    service('cat', { port, server: '/bin/cat' }) +
    service('orphans', { port: port + 1, ...orphans }) +
    builtin('daytime', { port: port + 2 });
  writeFileSync(join(root, 'etc/xinetd.conf'), text);
  const words = ['-mpf', '--kill-child', 'sh', '-c', ENTER, 'enter', root, ...entryPoint];
  const env = { ...process.env, REPOSITORY, NODE_FOLDER: dirname(DAEMON[0] ?? process.execPath) };
  const container = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'pipe'], env });
  afterTest(() => container.kill('SIGKILL'));
  let [lines, messages] = ['', ''];
  container.stdout.setEncoding('latin1').on('data', (heard: string) => (lines += heard));
  container.stderr.setEncoding('latin1').on('data', (heard: string) => (messages += heard));
  await until('the start', () => /Started working: 3/.test(messages)).catch((reason: unknown) => {
    throw new Error(`${String(reason)}\n${messages}`);
  });
  const pid = childrenOf(container.pid ?? 0)[0]?.pid ?? 0;
  expect(statusField(pid, 'NSpid')).toMatch(/\t1$/);
  expect(await exchange(port + 2)).toMatch(/^\d\d [A-Z]{3}/);
  const client = await call(port);
  client.say('here\n');
  await client.hears(/here/);
  await Promise.all(Array.from({ length: 10 }, () => exchange(port + 1)));
  await until('one server is left', () => childrenOf(pid).length === 1);
  process.kill(pid, 'SIGTERM');
  await until('the container ends', () => container.exitCode !== null);
  expect(container.exitCode).toBe(0);
  expect(messages).toMatch(/Sending signal 15 to 1 running server/);
  expect(lines).toMatch(/START: cat pid=\d+\n[^]*EXIT: cat signal=15 pid=\d+/);
  await client.ends();
});
