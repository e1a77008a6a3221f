// The machine's clock that is never set.

/**
 * Milliseconds; goes on while programs change. Not performance.now, which counts from the start of the program and loads
 * ten modules of Node's.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
