// Launching for real: /usr/bin/env and /bin/sh on an accepted connection, their ends through the reaper.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LaunchPlan } from '../../src/launch/plan.ts';
import { startReaper } from '../../src/launch/reaper.ts';
import type { Ending } from '../../src/launch/reaper.ts';
import { Launcher } from '../../src/launch/spawn.ts';
import { connectedPair, deferred, readAll } from '../support/sockets.ts';

const ENOENT = 2;
const CALLER = { text: '127.0.0.1', plain: '127.0.0.1', port: 4711, connectionId: 'c1' };
const PLAN: LaunchPlan = {
  path: '/bin/sh',
  argv: ['sh', '-c', 'exit 3'],
  env: ['PATH=/usr/bin:/bin'],
  directory: '/',
  ids: undefined,
  umask: undefined,
  nice: undefined,
  rlimits: [],
};

const ended = new Map<number, (ending: Ending) => void>();
let reaper: ReturnType<typeof startReaper>;

beforeAll(() => {
  reaper = startReaper((pid, ending) => ended.get(pid)?.(ending));
});

afterAll(() => reaper.close());

/** Runs a plan on a connection of its own: what the client reads, and how the server ended. */
async function run(plan: Partial<LaunchPlan>): Promise<{ readonly output: string; readonly ending: Ending }> {
  const { client, connection } = await connectedPair();
  const { promise, resolve } = deferred<Ending>();
  const pid = new Launcher({ ...PLAN, ...plan }).start(connection.fd, CALLER);
  ended.set(pid, resolve);
  connection.close();
  const [output, ending] = await Promise.all([readAll(client), promise]);
  client.destroy();
  return { output: output.toString('latin1'), ending };
}

describe('a launched server', () => {
  test('has its environment and who calls', async () => {
    const { output } = await run({ path: '/usr/bin/env', argv: ['env'], env: ['A=1', 'XINETD_SERVICE=x'] });
    expect(output.trimEnd().split('\n')).toEqual([
      'A=1',
      'XINETD_SERVICE=x',
      'REMOTE_ADDR=127.0.0.1',
      'REMOTE_PORT=4711',
      'XINETD_CONN_ID=c1',
      'REMOTE_HOST=127.0.0.1',
    ]);
  });

  test('ends with its exit status', async () => {
    expect((await run({})).ending).toMatchObject({ kind: 'exited', status: 3 });
  });

  test('ends with the signal that killed it', async () => {
    expect((await run({ argv: ['sh', '-c', 'kill -9 $$'] })).ending).toMatchObject({ kind: 'killed', signal: 9 });
  });

  test('says what processor time it has used', async () => {
    expect((await run({})).ending.cpuMicroseconds).toBeGreaterThan(0);
  });

  test('never started where the program is missing', async () => {
    const { output, ending } = await run({ path: '/nonexistent/server' });
    expect(ending).toMatchObject({ kind: 'not-started', errno: ENOENT });
    expect(output).toBe('');
  });

  test('has the limits of its plan', async () => {
    const argv = ['sh', '-c', 'ulimit -Sn; ulimit -Hn; umask; nice; pwd'];
    const { output } = await run({ argv, umask: 0o27, nice: 5, rlimits: [{ resource: 'nofile', limit: 100 }] });
    expect(output.split('\n').slice(0, 3)).toEqual(['100', '100', '0027']);
    expect(output.trimEnd().endsWith('/')).toBe(true);
  });

  test('can be launched many times by one launcher', async () => {
    const launcher = new Launcher({ ...PLAN, argv: ['sh', '-c', 'echo $XINETD_CONN_ID'] });
    const runs = Array.from({ length: 20 }, async (_, index) => {
      const { client, connection } = await connectedPair();
      launcher.start(connection.fd, { ...CALLER, connectionId: `c${index}` });
      connection.close();
      const output = (await readAll(client)).toString().trim();
      client.destroy();
      return output;
    });
    expect(await Promise.all(runs)).toEqual(Array.from({ length: 20 }, (_, index) => `c${index}`));
  });
});
