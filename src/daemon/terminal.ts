// What stands behind a standard stream. Node's own module for terminals is loaded when it is asked, since it brings streams
// and sockets along.

import { fstatSync } from 'node:fs';

/** Whether the descriptor is a terminal. */
export function isTerminal(fd: number): boolean {
  return process.getBuiltinModule('node:tty').isatty(fd);
}

/** Whether systemd's journal reads the descriptor. Source: systemd.exec(5), JOURNAL_STREAM. */
export function isJournal(fd: number, { JOURNAL_STREAM: named } = process.env): boolean {
  if (named === undefined) return false;
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return named === `${dev}:${ino}`;
  } catch {
    return false;
  }
}
