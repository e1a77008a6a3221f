// Launching as root: ids, what only root may raise, and a child that is slow between set-up and exec.
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closeFd, launch, launchProfile } from '../../src/native/binding.ts';
import { connection, exitsForTest, script, serve, SHELL, type Exit } from './support.ts';

const CAP_SYS_RESOURCE = 1n << 24n;
const NOBODY = { ids: { uid: 65534, gid: 65534, groups: [65534, 7, 3] } };

describe('a server of another user', () => {
  test('has that user, group and list of groups', async () => {
    const { output } = await serve({ ...SHELL, ...NOBODY, path: '/bin/cat', argv: ['cat', '/proc/self/status'] });
    expect(output).toMatch(/^Uid:(\t65534){4}$/m);
    expect(output).toMatch(/^Gid:(\t65534){4}$/m);
    expect(output).toMatch(/^Groups:\t3 7 65534 ?$/m);
    expect(output).toMatch(/^CapEff:\t0+$/m);
  });
  test('leaves every thread of the daemon as it was', async () => {
    await serve({ ...script('exit 0'), ...NOBODY });
    const threads = readdirSync('/proc/self/task').map((id) => readFileSync(`/proc/self/task/${id}/status`, 'latin1'));
    expect(threads.every((status) => /^Uid:(\t0){4}$/m.test(status) && /^Gid:(\t0){4}$/m.test(status))).toBe(true);
  });
  test('may be nicer to itself than the user could', async () => {
    const { output } = await serve({ ...script('nice'), ...NOBODY, nice: -5 });
    expect(output).toBe('-5\n');
  });
  test('gets a higher limit if the daemon may raise it', async () => {
    const hard = Number(readFileSync('/proc/self/limits', 'latin1').split('Max open files')[1]?.trim().split(/\s+/)[1]);
    const capabilities = BigInt(`0x${/CapEff:\t(\w+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]}`);
    const mayRaise = (capabilities & CAP_SYS_RESOURCE) !== 0n;
    const spec = { ...script('ulimit -Hn'), ...NOBODY, rlimits: [{ resource: 'nofile', limit: hard + 1 }] };
    const { output, exit } = await serve(spec);
    expect([output, exit.step]).toEqual(mayRaise ? [`${hard + 1}\n`, undefined] : ['', 'setrlimit']);
  });
  test('with no groups has none left', async () => {
    const { output } = await serve({ ...script('id -G'), ids: { uid: 65534, gid: 65534, groups: [] } });
    expect(output).toBe('65534\n');
  });
});

type Exits = ReturnType<typeof exitsForTest>;

/** Slows every exec of this process's children down until the test ends. */
async function delayExec(exits: Exits, milliseconds: number): Promise<void> {
  const { fd, client } = await connection();
  const words = ['strace', '-f', '-p', String(process.pid), '-o', '/dev/null', '-e', 'trace=execve', '-e'];
  const argv = [...words, `inject=execve:delay_enter=${milliseconds}000`];
  const pid = launch(launchProfile({ ...SHELL, path: '/usr/bin/strace', argv }), fd, []);
  closeFd(fd);
  onTestFinished(async () => {
    process.kill(pid);
    await exits.of(pid);
  });
  await once(client, 'data');
}

/** The longest time the event loop was away while `work` went on. */
async function longestGap(work: Promise<unknown>): Promise<number> {
  let last = performance.now();
  let gap = 0;
  const timer = setInterval(() => {
    gap = Math.max(gap, performance.now() - last);
    last = performance.now();
  }, 5);
  await work;
  clearInterval(timer);
  return gap;
}

describe.skipIf(!existsSync('/usr/bin/strace'))('a child that is slow to execute', () => {
  test('does not hold the daemon up', async () => {
    const exits = exitsForTest();
    await delayExec(exits, 400);
    const profile = launchProfile({ ...script('exit 4'), ...NOBODY });
    const begun = performance.now();
    const ends = Promise.all(Array.from({ length: 8 }, () => exits.of(launch(profile, 2, []))));
    expect(performance.now() - begun).toBeLessThan(200);
    expect(await longestGap(ends)).toBeLessThan(200);
    expect(performance.now() - begun).toBeGreaterThan(400);
    expect((await ends).every((exit: Exit) => exit.status === 4)).toBe(true);
  });
  test('dies alone of a signal', async () => {
    const exits = exitsForTest();
    await delayExec(exits, 400);
    let handled = 0;
    const count = (): void => {
      handled++;
    };
    process.on('SIGUSR2', count);
    const pids = Array.from({ length: 8 }, () => launch(launchProfile(script('exit 4')), 2, []));
    for (const pid of pids) process.kill(pid, 'SIGUSR2');
    const ends = await Promise.all(pids.map((pid) => exits.of(pid)));
    process.off('SIGUSR2', count);
    expect([handled, ...ends.map((exit) => exit.signal)]).toEqual([0, ...pids.map(() => 12)]);
  });
  test('is waited for when every slot is taken', async () => {
    const exits = exitsForTest();
    await delayExec(exits, 300);
    const good = launchProfile(script('exit 4'));
    const bad = launchProfile({ ...SHELL, path: '/nonexistent' });
    const pids = Array.from({ length: 516 }, (_, i) => launch(i % 2 === 0 ? good : bad, 2, []));
    const ends = await Promise.all(pids.map((pid) => exits.of(pid)));
    expect(ends.filter((exit) => exit.status === 4 && exit.step === undefined)).toHaveLength(258);
    expect(ends.filter((exit) => exit.step === 'execve' && exit.errno === 2)).toHaveLength(258);
  });
});
