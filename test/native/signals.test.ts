// Signals: told on the loop, together as one, and given back when the watch is closed.
import { constants } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { watchSignals } from '../../src/native/binding.ts';
import { SystemError } from '../../src/native/system-error.ts';
import { catchUncaught } from './support.ts';

const { SIGUSR2, SIGWINCH, SIGALRM } = constants.signals;

/** Watches until the test ends; `next` resolves to all that was told once there are `count` of them. */
function watched(numbers: readonly number[]) {
  const told: number[] = [];
  let wake = (): void => undefined;
  const watch = watchSignals(numbers, (number) => {
    told.push(number);
    wake();
  });
  onTestFinished(() => watch.close());
  const next = async (count: number): Promise<readonly number[]> => {
    while (told.length < count) await new Promise<void>((resolve) => (wake = resolve));
    return told;
  };
  return { next, told, watch };
}

describe('the signal watch', () => {
  test('tells which signal came', async () => {
    const { next } = watched([SIGUSR2, SIGWINCH]);
    process.kill(process.pid, 'SIGUSR2');
    expect(await next(1)).toEqual([SIGUSR2]);
    process.kill(process.pid, 'SIGWINCH');
    expect(await next(2)).toEqual([SIGUSR2, SIGWINCH]);
  });
  test('tells signals of one kind that come together once', async () => {
    const { next } = watched([SIGUSR2, SIGWINCH]);
    for (let times = 0; times < 100; times++) process.kill(process.pid, 'SIGUSR2');
    process.kill(process.pid, 'SIGWINCH');
    expect(await next(2)).toEqual([SIGUSR2, SIGWINCH]);
  });
  test('hears SIGABRT like any other', async () => {
    const { next } = watched([constants.signals.SIGABRT]);
    process.kill(process.pid, 'SIGABRT');
    expect(await next(1)).toEqual([constants.signals.SIGABRT]);
  });
  test('exists once at a time', () => {
    watched([SIGALRM]);
    expect(() => watchSignals([SIGWINCH], () => undefined)).toThrow(SystemError);
  });
  test('gives its signals back when it is closed', async () => {
    const { watch, told } = watched([SIGUSR2]);
    watch.close();
    const heard = new Promise((resolve) => process.once('SIGUSR2', resolve));
    process.kill(process.pid, 'SIGUSR2');
    await heard;
    expect(told).toEqual([]);
  });
  test.for([[['SIGHUP']], [[0]], [[65]], [[9]]])('refuses %j', ([numbers]) => {
    // @ts-expect-error -- what a caller without types might give
    expect(() => watchSignals(numbers, () => undefined)).toThrow();
    watchSignals([SIGUSR2], () => undefined).close();
  });
  test('goes on after a callback has thrown', async () => {
    const uncaught = catchUncaught();
    const watch = watchSignals([SIGUSR2], () => {
      throw new Error('heard');
    });
    onTestFinished(() => watch.close());
    process.kill(process.pid, 'SIGUSR2');
    await uncaught.count(1);
    process.kill(process.pid, 'SIGUSR2');
    await uncaught.count(2);
    expect(uncaught.messages).toEqual(['heard', 'heard']);
  });
});
