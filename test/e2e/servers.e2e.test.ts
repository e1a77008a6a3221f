// Servers that are written for a super-server, each used once by its real client: rsync, git, sshd, telnetd.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { output } from './support/command.ts';
import { startCompanion } from './support/companion.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';

const LOG = { log_type: 'FILE {audit}', log_on_success: 'PID HOST EXIT' };

/** A nowait service of root that runs this program, on a port of its own. */
async function serve(
  name: string,
  server: string,
  args: string,
): Promise<{ port: number; ended: () => Promise<void> }> {
  const port = freshPort();
  const daemon = await startDaemon(defaults(LOG) + service(name, { port, server, server_args: args, flags: 'IPv4' }));
  const ended = async (): Promise<void> => {
    const lines = await daemon.audits(2);
    expect(lines[1]).toMatch(new RegExp(`EXIT: ${name} status=0 pid=\\d+`));
  };
  return { port, ended };
}

test('rsync --daemon sends a tree', async () => {
  mkdirSync('/run/tree/below', { recursive: true });
  writeFileSync('/run/tree/below/file', 'synchronised\n');
  writeFileSync('/run/rsyncd.conf', 'use chroot = no\nuid = root\ngid = root\n[tree]\npath = /run/tree\n');
  const { port, ended } = await serve('rsync', '/usr/bin/rsync', '--daemon --config=/run/rsyncd.conf');
  await output('rsync', ['-a', `rsync://127.0.0.1:${port}/tree/`, '/run/copy']);
  expect(readFileSync('/run/copy/below/file', 'latin1')).toBe('synchronised\n');
  await ended();
});

test('git daemon --inetd answers a clone', async () => {
  const author = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org'];
  await output('git', ['init', '-q', '/run/work']);
  writeFileSync('/run/work/README', 'cloned\n');
  await output('git', ['-C', '/run/work', 'add', 'README']);
  await output('git', ['-C', '/run/work', ...author, 'commit', '-q', '-m', 'first']);
  const { port, ended } = await serve('git', '/usr/bin/git', 'daemon --inetd --export-all --base-path=/run');
  await output('git', ['clone', '-q', `git://127.0.0.1:${port}/work`, '/run/clone']);
  expect(readFileSync('/run/clone/README', 'latin1')).toBe('cloned\n');
  await ended();
});

test('sshd -i runs a command', async () => {
  mkdirSync('/run/sshd', { recursive: true });
  await output('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', '/run/host_key']);
  await output('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', '/run/user_key']);
  const settings = ['HostKey /run/host_key', 'AuthorizedKeysFile /run/user_key.pub', 'StrictModes no', 'UsePAM no'];
  writeFileSync('/run/sshd_config', `${settings.join('\n')}\nPermitRootLogin prohibit-password\n`);
  const { port } = await serve('ssh', '/usr/sbin/sshd', '-i -f /run/sshd_config');
  const quiet = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR'];
  const command = ['-F', 'none', ...quiet, '-i', '/run/user_key', '-p', String(port), 'root@127.0.0.1'];
  expect(await output('ssh', [...command, 'echo $SSH_CONNECTION'])).toMatch(/^127\.0\.0\.1 \d+ 127\.0\.0\.1 \d+\n$/);
});

test('telnetd asks for a login', async () => {
  const { port } = await serve('telnet', '/usr/sbin/telnetd', '-h');
  const client = startCompanion('telnet', ['127.0.0.1', String(port)]);
  await client.says(/login: /);
});
