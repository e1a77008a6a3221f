// Watching a connection on a machine that may have no room for one more watch: then there is none, and the owner ends the
// connection.

import { watchReady } from '../native/binding.ts';
import type { ReadyWatch } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';

/** A watch that wants nothing yet; undefined where the kernel refuses. */
export function watchOrNothing(fd: number, onReady: () => void): ReadyWatch | undefined {
  try {
    return watchReady(fd, onReady);
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}
