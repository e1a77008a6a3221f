import { afterAll, describe, expect, test } from 'vitest';
import { ShellCommands } from '../../src/daemon/shell-commands.ts';
import type { LaunchPlan } from '../../src/launch/plan.ts';
import { startReaper } from '../../src/launch/reaper.ts';

function shell(command: string): LaunchPlan {
  return {
    path: '/bin/sh',
    argv: ['sh', '-c', command],
    env: [],
    directory: '/',
    ids: undefined,
    umask: undefined,
    nice: undefined,
    rlimits: [],
  };
}

describe('a shell command', () => {
  const commands = new ShellCommands();
  const strangers: number[] = [];
  const reaper = startReaper((pid, ending) => {
    if (!commands.reaped(pid, ending)) strangers.push(pid);
  });

  afterAll(() => reaper.close());

  test('says whether it went well', async () => {
    expect(await commands.start(shell('exit 0'))).toBe(true);
    expect(await commands.start(shell('exit 3'))).toBe(false);
    expect(await commands.start(shell('kill -9 $$'))).toBe(false);
    expect(strangers).toEqual([]);
  });

  test('has nothing but /dev/null', async () => {
    const isNull = 'for n in 0 1 2; do [ $(readlink /proc/$$/fd/$n) = /dev/null ] || exit 1; done';
    expect(await commands.start(shell(isNull))).toBe(true);
  });

  test('is no stranger’s end', () => {
    expect(commands.reaped(1, { kind: 'exited', status: 0 })).toBe(false);
  });
});
