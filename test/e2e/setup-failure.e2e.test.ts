// A server whose set-up fails is not run: each step between the connection and exec is made to fail once (strace injects
// the error), the program must not run, the log must name the step, and the next connection must be served.

import { expect, test } from 'vitest';
import { exchange } from './support/clients.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import { injectFaults } from './support/strace.ts';

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
  const heal = await injectFaults(daemon.pid, calls, 'error=EPERM');

  expect(await exchange(port)).not.toContain('ran');
  const [, exit = ''] = await daemon.audits(2);
  expect(exit).toMatch(/EXIT: limited status=[1-9]\d*/);
  await daemon.logs(/ERROR: .*(limited|fail).*\(errno = 1\)/);

  await heal();
  expect(await exchange(port)).toBe('ran\n');
});
