// Exits: every child is told once, with how it ended.
import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { launch, launchProfile, watchExits } from '../../src/native/binding.ts';
import { SystemError } from '../../src/native/system-error.ts';
import { catchUncaught, exitsForTest, script } from './support.ts';

describe('the exit watch', () => {
  test('tells the status of a server that exits', async () => {
    const exits = exitsForTest();
    const pid = launch(launchProfile(script('exit 42')), 2, []);
    expect(await exits.of(pid)).toEqual({ pid, status: 42, signal: undefined, step: undefined, errno: 0 });
  });
  test('tells the signal of a server that is killed', async () => {
    const exits = exitsForTest();
    const pid = launch(launchProfile(script('kill -9 $$')), 2, []);
    expect(await exits.of(pid)).toEqual({ pid, status: undefined, signal: 9, step: undefined, errno: 0 });
  });
  test('tells the processor time of a server', async () => {
    const spent = await new Promise<readonly number[]>((resolve) => {
      const times: number[] = [];
      const watch = watchExits((...facts) => times.push(facts[5]) === 2 && resolve(times));
      onTestFinished(() => watch.close());
      launch(launchProfile(script('exit 0')), 2, []);
      launch(launchProfile(script('i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done')), 2, []);
    });
    expect(Math.min(...spent)).toBeGreaterThan(0);
    expect(Math.max(...spent)).toBeGreaterThan(5000);
    expect(Math.max(...spent)).toBeLessThan(60_000_000);
  });
  test('tells an exit from before it was set', async () => {
    const pid = launch(launchProfile(script('exit 5')), 2, []);
    while (!readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z '))
      await new Promise((resolve) => setImmediate(resolve));
    expect((await exitsForTest().of(pid)).status).toBe(5);
  });
  test('exists once at a time', () => {
    exitsForTest();
    expect(() => watchExits(() => undefined)).toThrow(SystemError);
  });
  test('goes on after a callback has thrown', async () => {
    const uncaught = catchUncaught();
    const pids: number[] = [];
    const watch = watchExits((pid) => {
      pids.push(pid);
      throw new Error(`exit ${pids.length}`);
    });
    onTestFinished(() => watch.close());
    const profile = launchProfile(script('exit 0'));
    const launched = [1, 2, 3].map(() => launch(profile, 2, []));
    await uncaught.count(3);
    expect(new Set(pids)).toEqual(new Set(launched));
    expect(uncaught.messages).toEqual(['exit 1', 'exit 2', 'exit 3']);
  });
  test('may be closed from its own callback', async () => {
    const pid = launch(launchProfile(script('exit 0')), 2, []);
    const seen = await new Promise<number>((resolve) => {
      const watch = watchExits((ended) => {
        watch.close();
        watch.close();
        resolve(ended);
      });
    });
    expect(seen).toBe(pid);
  });
});
