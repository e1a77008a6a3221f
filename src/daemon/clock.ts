// The daemon's clocks: a monotonic one for everything that is a duration, the local time of day for access_times.

/** Milliseconds on a clock that is never set. */
export function monotonicMs(): number {
  return performance.now();
}

/** Minutes since local midnight, 0 to 1439. */
export function localMinuteNow(): number {
  const now = new Date();
  return now.getHours() * 60 + now.getMinutes();
}

/** Idle this long, the daemon gives memory back. */
export const TRIM_AFTER_MS = 400;
