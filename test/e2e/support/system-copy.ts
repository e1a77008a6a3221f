// A copy of this system that may be ruined: an overlay with processes of its own, forgotten after the test.
// Either its process 1 is a shell, its run level is 2 and nothing forbids services to start, so that packages behave as on a
// machine; or it is systemd itself, in a control group of its own.

import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterTest } from './cell.ts';
import { output, run } from './command.ts';
import type { CommandResult } from './command.ts';
import { startCompanion } from './companion.ts';
import { NODE_FOLDER } from './packed.ts';
import { childrenOf } from './processes.ts';
import { until } from './wait.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const SHELL = 'mount -t proc proc /proc; echo ready; tail -f /dev/null & wait';
const SYSTEMD = `mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t cgroup2 cgroup2 /sys/fs/cgroup
exec env -i container=test PATH=${PATH} /lib/systemd/systemd --system --unit=basic.target`;

export interface SystemCopy {
  /** Where its files are. */
  readonly root: string;
  /** Runs a shell command in it. */
  readonly run: (command: string) => Promise<CommandResult>;
  /** The same; the command must succeed. Hands back its standard output. */
  readonly output: (command: string) => Promise<string>;
}

/** Copies the system, without the changes this cell has made to /etc, /run and /dev. */
export async function copySystem(): Promise<SystemCopy> {
  const root = await layOut();
  // It may be a link that leads out of the copy.
  rmSync(join(root, 'usr/sbin/runlevel'), { force: true });
  writeFileSync(join(root, 'usr/sbin/runlevel'), '#!/bin/sh\necho N 2\n', { mode: 0o755 });
  return start(root, ['-mpf', '--kill-child', 'chroot', root, '/bin/sh', '-c', SHELL], async (said) => said(/ready/));
}

/** Copies the system and boots it: systemd, the journal, D-Bus, and what `prepare` has put in. */
export async function bootSystem(prepare: (root: string) => Promise<void> | void): Promise<SystemCopy> {
  const root = await layOut();
  rmSync(join(root, 'etc/systemd/system'), { recursive: true, force: true });
  await prepare(root);
  const group = await controlGroup();
  const enter = `echo $$ >${group}/cgroup.procs; exec unshare -mpfC --kill-child chroot ${root} /bin/sh -c "$0"`;
  const booted = await start(root, ['-c', enter, SYSTEMD], undefined, '/bin/sh');
  await until('systemd is up', async () => (await booted.run('systemctl is-active basic.target')).status === 0);
  return booted;
}

/** A control group for one test. */
async function controlGroup(): Promise<string> {
  const top = mkdtempSync('/run/groups.');
  await output('mount', ['-t', 'cgroup2', 'cgroup2', top]);
  const group = mkdtempSync(join(top, 'xinetd-ts.'));
  const remove = ['-c', `find ${group} -depth -type d -exec rmdir {} +`];
  afterTest(() => until('the control group is empty', async () => (await run('/bin/sh', remove)).status === 0));
  return group;
}

/** Lays the copy out; hands back where its files are. */
async function layOut(): Promise<string> {
  const folder = mkdtempSync('/run/copy.');
  const root = join(folder, 'root');
  await output('mount', ['-t', 'tmpfs', 'copy', folder]);
  for (const name of ['upper', 'work', 'root']) mkdirSync(join(folder, name));
  const layers = `lowerdir=/,upperdir=${folder}/upper,workdir=${folder}/work`;
  await output('mount', ['-t', 'overlay', '-o', layers, 'copy', root]);
  await output('mount', ['--rbind', '/dev', `${root}/dev`]);
  for (const name of ['run', 'tmp']) await output('mount', ['-t', 'tmpfs', name, join(root, name)]);
  rmSync(join(root, 'usr/sbin/policy-rc.d'), { force: true });
  const isNodeThere = PATH.split(':').some((each) => existsSync(join(root, each, 'node')));
  if (!isNodeThere) symlinkSync(join(NODE_FOLDER, 'node'), join(root, 'usr/local/bin/node'));
  return root;
}

async function start(
  root: string,
  words: readonly string[],
  ready: (says: (pattern: RegExp) => Promise<unknown>) => Promise<unknown> = async () => {},
  program = 'unshare',
): Promise<SystemCopy> {
  const init = startCompanion(program, words);
  await ready((pattern) => init.says(pattern));
  const [inner] = await until('the copy runs', () => {
    const children = childrenOf(init.process.pid ?? 0);
    return children.length > 0 && children;
  });
  const entrance = ['--target', String(inner?.pid), '--mount', '--pid', '--root', '--wd', '/bin/sh', '-c'];
  const options = { env: { PATH, DEBIAN_FRONTEND: 'noninteractive' }, limitMs: 60_000 };
  return {
    root,
    run: (command) => run('nsenter', [...entrance, command], options),
    output: (command) => output('nsenter', [...entrance, command], options),
  };
}
