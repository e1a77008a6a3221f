// The log of -d where there is no terminal: a test must not write to the terminal it is run from.

import { expect, test, vi } from 'vitest';
import { createProgramLog } from '../../src/audit/program-log.ts';
import { strerror } from './files.ts';

vi.mock(import('node:fs'), async (original) => {
  const real = await original();
  const openSync: typeof real.openSync = (path, ...rest) => {
    if (path === '/dev/tty') throw new Error('ENXIO');
    return real.openSync(path, ...rest);
  };
  return { ...real, openSync };
});

test('-d without a terminal writes every level to stderr', async () => {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((bytes, ...rest) => {
    written.push(String(bytes));
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  });
  const log = createProgramLog({
    target: { kind: 'terminal' },
    tag: 'xinetd',
    pid: 10997,
    nowMs: () => new Date(2026, 10, 20, 23, 27, 11).getTime(),
    syslog: { open: () => 9, send: () => 0, close: () => undefined },
    strerror,
  });
  log.log('debug', 'cnf_start_services', 'Started service: a');
  log.reopen();
  await log.drain();
  vi.restoreAllMocks();
  expect(written.join('')).toBe('26/11/20@23:27:11: DEBUG: 10997 {cnf_start_services} Started service: a\n');
});
