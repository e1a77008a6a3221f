// The pid file: written after detaching and before the configuration is read, removed on an orderly end.
// Never fatal; what went wrong is returned for a DEBUG line. Source: spec section 10.4.

import { closeSync, fchmodSync, openSync, unlinkSync, writeSync } from 'node:fs';

const MODE = 0o644;

/** Replaces an old pid file by a fresh one with mode 0644 whatever the umask; returns the error text, if any. */
export function writePidFile(path: string, pid: number): string | undefined {
  removePidFile(path);
  try {
    const fd = openSync(path, 'wx', MODE);
    try {
      fchmodSync(fd, MODE);
      writeSync(fd, `${pid}\n`);
    } finally {
      closeSync(fd);
    }
    return undefined;
  } catch (error) {
    return `open failed: ${String((error as NodeJS.ErrnoException).code)}`; // Node's fs throws ErrnoException only
  }
}

/** Removes the pid file; a file that is gone already is fine. */
export function removePidFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Nothing to remove, or nobody to tell: the reference is silent here as well.
  }
}
