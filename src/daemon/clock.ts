// The time of day for access_times, and how long the daemon waits before it gives memory back. Durations are those of
// native/monotonic.ts.

/** Minutes since local midnight, 0 to 1439. */
export function localMinuteNow(): number {
  const now = new Date();
  return now.getHours() * 60 + now.getMinutes();
}

/** Idle this long, the daemon gives memory back. */
export const TRIM_AFTER_MS = 400;
/** A larger one waits for that time: giving memory back takes long then. */
export const TRIM_AT_ONCE_KILOBYTES = 40 * 1024;
