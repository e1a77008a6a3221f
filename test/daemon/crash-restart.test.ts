import { closeSync, openSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { claimCrash, CrashRestart, CRASH_VARIABLE } from '../../src/daemon/crash-restart.ts';
import type { Crash } from '../../src/daemon/crash-restart.ts';
import { InheritedSockets } from '../../src/daemon/inherited.ts';
import { writeRecord } from '../../src/daemon/memory-record.ts';
import { closeFd, localPort, openSocket } from '../../src/native/binding.ts';
import { monotonicMs } from '../../src/native/monotonic.ts';
import { LOOPBACK } from '../native/support.ts';

function listener(): number {
  const fd = openSocket(LOOPBACK);
  onTestFinished(() => closeFd(fd));
  return fd;
}

/** What the program after a crash finds. */
function claimed(record: object, ending = ''): Crash | undefined {
  const bytes = Buffer.from(`${JSON.stringify({ sockets: [], shared: [], crashesMs: [], ...record })}\n${ending}`);
  return claimCrash({ [CRASH_VARIABLE]: String(writeRecord('crash', bytes)) });
}

describe('what a crash leaves', () => {
  test('is nothing for a program that comes after none', () => {
    expect(claimCrash({})).toBeUndefined();
  });

  test('is claimed once', () => {
    const environment = {
      A: '1',
      [CRASH_VARIABLE]: String(writeRecord('crash', Buffer.from('{"sockets":[],"shared":[],"crashesMs":[]}\n'))),
    };
    claimCrash(environment);
    expect(environment).toEqual({ A: '1' });
  });

  test('are the sockets of services, and those that a service manager holds as well', () => {
    const own = listener(),
      shared = listener();
    const { sockets } = claimed({ sockets: [own], shared: [{ fd: shared, name: 'web' }] }) ?? {};
    expect(sockets).toMatchObject([
      { fd: own, name: `@ipv4-stream-127.0.0.1-${localPort(own)}`, isShared: false, isListening: true },
      { fd: shared, name: 'web', isShared: true },
    ]);
  });

  test('is never what is no socket', () => {
    const file = openSync('/dev/null', 'r');
    onTestFinished(() => closeSync(file));
    expect(claimed({ sockets: [file] })?.sockets).toEqual([]);
  });

  test('are the times of all crashes, this one last', () => {
    const before = monotonicMs();
    const [first, second = 0] = claimed({ crashesMs: [5] })?.crashesMs ?? [];
    expect(first).toBe(5);
    expect(second).toBeGreaterThanOrEqual(before);
  });

  test.each([
    ['6 77\n', 'was ended by SIGABRT (a core, if cores are kept, is that of process 77)'],
    ['11 0\n', 'was ended by SIGSEGV'],
    ['', 'met an error that nobody owned'],
  ])('is told: %j', (ending, words) => {
    expect(claimed({}, ending)?.text).toContain(`the program ${words} and was started again`);
  });
});

describe('the plan for a crash', () => {
  function planner(words: readonly string[] | undefined, crashesMs: readonly number[]) {
    const lines: string[] = [];
    const log = (level: string, _func: string, text: string): void => void lines.push(`${level}: ${text}`);
    const restart = new CrashRestart({
      call: { words, baseDirectory: '/', version: '1' },
      crashesMs,
      environment: [],
      inherited: new InheritedSockets([], log),
      log,
    });
    onTestFinished(() => restart.end());
    return { restart, lines };
  }
  const minutesAgo = (minutes: number): number => monotonicMs() - minutes * 60_000;

  test('is none where no other program may follow', () => {
    const { restart, lines } = planner(
      undefined,
      Array.from({ length: 9 }, () => minutesAgo(0)),
    );
    restart.begin();
    restart.now();
    expect(lines).toEqual([]);
  });

  test('is none for a program that keeps crashing', () => {
    const { restart, lines } = planner(
      [],
      Array.from({ length: 5 }, () => minutesAgo(0.5)),
    );
    restart.begin();
    restart.keep(0);
    restart.forget(0);
    restart.now();
    expect(lines).toEqual(['error: 5 crashes within a minute: the next one is the end']);
  });

  test('may not be possible, and then the log says so', () => {
    const { restart, lines } = planner(
      [],
      Array.from({ length: 5 }, () => minutesAgo(2)),
    );
    restart.keep(-1);
    restart.begin();
    expect(lines).toEqual([expect.stringMatching(/^warning: a crash would be the end: /)]);
  });
});
