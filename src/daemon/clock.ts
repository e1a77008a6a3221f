// The daemon's clocks: a monotonic one for everything that is a duration, the local time of day for access_times.

/** What an earlier program of this process counted before `performance` began. */
let earlierMs = 0;

/** Milliseconds on a clock that is never set. */
export function monotonicMs(): number {
  return performance.now() + earlierMs;
}

/** The same moment on our clock and on the machine's, which goes on while programs change. */
export interface ClockReading {
  readonly ownMs: number;
  readonly machineMs: number;
}

/** Reads both clocks. */
export function readClocks(): ClockReading {
  return { ownMs: monotonicMs(), machineMs: Number(process.hrtime.bigint() / 1000n) / 1000 };
}

/** Goes on counting where the clock of an earlier program stopped, so that its times mean the same here. */
export function continueClock(before: ClockReading): void {
  const { ownMs, machineMs } = readClocks();
  earlierMs += before.ownMs + (machineMs - before.machineMs) - ownMs;
}

/** Minutes since local midnight, 0 to 1439. */
export function localMinuteNow(): number {
  const now = new Date();
  return now.getHours() * 60 + now.getMinutes();
}

/** Idle this long, the daemon gives memory back. */
export const TRIM_AFTER_MS = 400;
