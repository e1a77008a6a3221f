import { closeSync, fstatSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isJournal, isTerminal } from '../../src/daemon/terminal.ts';

test('a standard stream is the journal where systemd has named that very stream', () => {
  const fd = openSync('/dev/null', 'r');
  const { dev, ino } = fstatSync(fd);
  expect(isJournal(fd, { JOURNAL_STREAM: `${dev}:${ino}` })).toBe(true);
  expect(isJournal(fd, { JOURNAL_STREAM: `${dev}:${ino + 1}` })).toBe(false);
  expect(isJournal(fd, {})).toBe(false);
  expect(isTerminal(fd)).toBe(false);
  closeSync(fd);
  expect(isJournal(1_000_000, { JOURNAL_STREAM: `${dev}:${ino}` })).toBe(false);
});
