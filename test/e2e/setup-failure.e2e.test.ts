// A server whose set-up fails is not run: each step between the connection and exec is made to fail once (strace injects
// the error), the program must not run, the log must name the step, and the next connection must be served.

import { expect, test } from 'vitest';
import { exchange } from './support/clients.ts';
import { startCompanion } from './support/companion.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import { statusField } from './support/processes.ts';
import { until } from './support/wait.ts';

/** Kernel calls of the child's set-up; any name of a group counts, since C libraries differ. */
const STEPS = [
  ['setgroups', 'setgroups'],
  ['group', 'setgid,setresgid'],
  ['user', 'setuid,setresuid'],
  ['resource limits', 'prlimit64,setrlimit'],
  ['session', 'setsid'],
  ['descriptors', 'dup2,dup3'],
] as const;

test.for(STEPS)('a failed step "%s" runs nothing', async ([, calls]) => {
  const port = freshPort();
  const limited = service('limited', {
    port,
    user: 'nobody',
    group: 'nogroup',
    server: '/bin/echo',
    server_args: 'ran',
    rlimit_cpu: 5,
    rlimit_files: 64,
    log_type: 'FILE {audit}',
    log_on_success: 'PID EXIT',
  });
  const daemon = await startDaemon(defaults() + limited);
  const tracer = startCompanion('strace', [
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-p',
    String(daemon.pid),
    '-e',
    `trace=${calls}`,
    '-e',
    `inject=${calls}:error=EPERM`,
  ]);
  await until('strace is attached', () => tracerOf(daemon.pid) === tracer.process.pid);

  expect(await exchange(port)).not.toContain('ran');
  const [, exit = ''] = await daemon.audits(2);
  expect(exit).toMatch(/EXIT: limited status=[1-9]\d*/);
  await daemon.logs(/ERROR: .*(limited|fail).*\(errno = 1\)/);

  tracer.process.kill('SIGTERM');
  await until('strace is gone', () => tracerOf(daemon.pid) === 0);
  expect(await exchange(port)).toBe('ran\n');
});

function tracerOf(pid: number): number {
  return Number(statusField(pid, 'TracerPid'));
}
