// The daemon's clocks: a monotonic one for everything that is a duration, the local time of day for access_times.

/**
 * Milliseconds on the machine's clock, which is never set and goes on while programs change. Not performance.now, which
 * counts from the start of the program and loads ten modules of Node's.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** Minutes since local midnight, 0 to 1439. */
export function localMinuteNow(): number {
  const now = new Date();
  return now.getHours() * 60 + now.getMinutes();
}

/** Idle this long, the daemon gives memory back. */
export const TRIM_AFTER_MS = 400;
