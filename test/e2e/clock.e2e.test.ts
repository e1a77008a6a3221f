// The clock of the machine jumps: pauses and durations go by a clock that nobody sets.

import { renameSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { call, exchange } from './support/clients.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import { until } from './support/wait.ts';

const LIBRARY = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const OFFSETS = '/run/faketime';
const FAKE = {
  LD_PRELOAD: LIBRARY,
  FAKETIME_TIMESTAMP_FILE: OFFSETS,
  FAKETIME_NO_CACHE: '1',
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
};

/** Sets the daemon's clock forward or back. */
function jump(offset: string): void {
  writeFileSync(`${OFFSETS}.new`, `${offset}\n`);
  renameSync(`${OFFSETS}.new`, OFFSETS);
}

test.each(['-3600', '+3600'])('a clock that jumps %s seconds moves neither pauses nor durations', async (offset) => {
  jump('+0');
  const port = freshPort(3);
  const log = { log_type: 'FILE {audit}', log_on_success: 'PID EXIT DURATION', log_on_failure: '' };
  const daemon = await startDaemon(
    defaults() +
      service('hello', { port, server: '/bin/echo', server_args: 'hello', cps: '2 2' }) +
      service('cat', { ...log, port: port + 1, server: '/bin/cat' }),
    { env: FAKE },
  );
  const caller = await call(port + 1);
  caller.say('hello');
  await caller.hears(/hello/);
  await Promise.all(Array.from({ length: 4 }, () => exchange(port).catch(() => '')));
  await daemon.logs(/Deactivating service hello .* Restarting in 2 seconds/);
  const before = performance.now();
  jump(offset);
  await until('the service is back', async () => (await exchange(port).catch(() => '')) === 'hello\n', 8000);
  const pausedMs = performance.now() - before;
  expect(pausedMs).toBeGreaterThan(1500);
  expect(pausedMs).toBeLessThan(4000);
  caller.hangUp();
  const exit = (await daemon.audits(2))[1] ?? '';
  expect(Number(/duration=(-?\d+)\(sec\)/.exec(exit)?.[1])).toBeLessThan(10);
  expect(exit).toMatch(/duration=\d+\(sec\)$/);
  const [started = '', ended = ''] = daemon.audit.map((line) => line.slice(0, 'YY/MM/DD@HH'.length));
  expect(ended).not.toBe(started);
});
