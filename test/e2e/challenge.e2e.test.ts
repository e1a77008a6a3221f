// A hostile program on a port, as event organisers serve it: chroot --userspec, resource limits, a cap for each source.

import { expect, test } from 'vitest';
import { call, exchange } from './support/clients.ts';
import { output } from './support/command.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { REPOSITORY, startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';

const JAIL = '/run/ctf';

async function serveChallenge(args: string): Promise<{ readonly port: number; readonly daemon: Daemon }> {
  await output('sh', ['-c', `mkdir -p ${JAIL}/home`]);
  const source = `${REPOSITORY}/test/fixtures/programs/jailed.c`;
  await output('gcc', ['-O1', '-static', '-Wall', '-o', `${JAIL}/home/pwn`, source]);
  const port = freshPort();
  const challenge = service('ctf', {
    disable: 'no',
    port,
    bind: '0.0.0.0',
    server: '/usr/sbin/chroot',
    server_args: `--userspec=1000:1000 ${JAIL} ${args}`,
    per_source: 2,
    rlimit_cpu: 20,
    rlimit_as: '64M',
    rlimit_files: 16,
    log_type: 'FILE {audit}',
    log_on_failure: 'HOST',
  });
  return { port, daemon: await startDaemon(defaults() + challenge) };
}

test('the program sees its limits and does not get out', async () => {
  const { port } = await serveChallenge('/home/pwn');
  const report = await exchange(port);
  expect(report.split('\n').slice(0, -1)).toEqual([
    'ids 1000 1000 1000',
    'groups held',
    'as 67108864 67108864',
    'cpu 20 20',
    'files 16 16',
    'setuid held',
    'setgid held',
    'chroot held',
    'shadow held',
    'parent held',
    'memory held',
    'descriptor held',
  ]);
});

test('one source gets two programs and no third', async () => {
  const { port, daemon } = await serveChallenge('/home/pwn wait');
  const players = [await call(port), await call(port)];
  await players[0]?.hears(/descriptor held\n/);
  await players[1]?.hears(/descriptor held\n/);
  expect(await exchange(port)).toBe('');
  expect((await daemon.audits(1))[0]).toMatch(/FAIL: ctf per_source_limit from=127\.0\.0\.1$/);
  for (const player of players) player.socket.end();
});
