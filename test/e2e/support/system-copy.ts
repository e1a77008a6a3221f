// A copy of this system that may be ruined: an overlay with processes of its own, forgotten after the test.
// Its process 1 is a shell, its run level is 2 and nothing forbids services to start, so that packages behave as on a machine.

import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output, run } from './command.ts';
import type { CommandResult } from './command.ts';
import { startCompanion } from './companion.ts';
import { NODE_FOLDER } from './packed.ts';
import { childrenOf } from './processes.ts';
import { until } from './wait.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const INIT = 'mount -t proc proc /proc; echo ready; tail -f /dev/null & wait';

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
  const folder = mkdtempSync('/run/copy.');
  const root = join(folder, 'root');
  await output('mount', ['-t', 'tmpfs', 'copy', folder]);
  for (const name of ['upper', 'work', 'root']) mkdirSync(join(folder, name));
  const layers = `lowerdir=/,upperdir=${folder}/upper,workdir=${folder}/work`;
  await output('mount', ['-t', 'overlay', '-o', layers, 'copy', root]);
  await output('mount', ['--rbind', '/dev', `${root}/dev`]);
  for (const name of ['run', 'tmp']) await output('mount', ['-t', 'tmpfs', name, join(root, name)]);
  rmSync(join(root, 'usr/sbin/policy-rc.d'), { force: true });
  // It may be a link that leads out of the copy.
  rmSync(join(root, 'usr/sbin/runlevel'), { force: true });
  writeFileSync(join(root, 'usr/sbin/runlevel'), '#!/bin/sh\necho N 2\n', { mode: 0o755 });
  const isNodeThere = PATH.split(':').some((each) => existsSync(join(root, each, 'node')));
  if (!isNodeThere) symlinkSync(join(NODE_FOLDER, 'node'), join(root, 'usr/local/bin/node'));
  const init = startCompanion('unshare', ['-mpf', '--kill-child', 'chroot', root, '/bin/sh', '-c', INIT]);
  await init.says(/ready/);
  const [inner] = await until('the copy runs', () => childrenOf(init.process.pid ?? 0));
  const words = ['--target', String(inner?.pid), '--mount', '--pid', '--root', '--wd', '/bin/sh', '-c'];
  const options = { env: { PATH, DEBIAN_FRONTEND: 'noninteractive' }, limitMs: 60_000 };
  return {
    root,
    run: (command) => run('nsenter', [...words, command], options),
    output: (command) => output('nsenter', [...words, command], options),
  };
}
