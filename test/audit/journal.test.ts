import { describe, expect, test } from 'vitest';
import { JournalChannel } from '../../src/audit/journal.ts';
import type { Fields } from '../../src/audit/lines.ts';

function entryOf(message: string, record: Fields): string {
  const entries: string[] = [];
  const port = {
    open: () => 9,
    send: (_fd: number, bytes: Uint8Array) => entries.push(Buffer.from(bytes).toString('latin1')),
    close: () => undefined,
  };
  const options = { port, path: '/journal', nowMs: () => 0, onDropped: () => undefined };
  new JournalChannel('xinetd', options).send(message, record);
  return entries.join('|');
}

describe('an entry of the journal', () => {
  test('has the line, its origin and the fields of the record', () => {
    expect(entryOf('START: ftp', { event: 'start', service: 'ftp', port: undefined, pid: 7 })).toBe(
      'MESSAGE=START: ftp\nPRIORITY=6\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=xinetd\n' +
        'XINETD_EVENT=start\nXINETD_SERVICE=ftp\nXINETD_PID=7\n',
    );
  });

  test.each(['fail', 'noid'])('of %s is a notice', (event) => {
    expect(entryOf('FAIL: ftp', { event })).toContain('\nPRIORITY=5\n');
  });

  test('cannot be forged by a value', () => {
    expect(entryOf('USERID: ftp', { event: 'userid', user: 'eve\nPRIORITY=0\n' })).toContain(
      '\nXINETD_USER=eve\\x0aPRIORITY=0\\x0a\n',
    );
  });

  test('is bounded', () => {
    expect(entryOf('x', { user: 'y'.repeat(100_000) }).length).toBeLessThan(9000);
  });
});
