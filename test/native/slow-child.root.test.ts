// Launching a child that is slow between set-up and exec: the daemon goes on meanwhile, as long as a launch slot is free.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closeFd, launch, launchProfile } from '../../src/native/binding.ts';
import { connection, exitsForTest, script, SHELL, type Exit } from './support.ts';

const NOBODY = { ids: { uid: 65534, gid: 65534, groups: [65534, 7, 3] } };

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
