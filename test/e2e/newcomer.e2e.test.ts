// Somebody's first five minutes: a fresh clone, `npm ci`, `npm start`, a connection and its answer; nothing else is needed.
// `npm ci` is the only step of all end-to-end tests that enters the network outside the cell.

import { mkdtempSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { exchange } from './support/clients.ts';
import { output } from './support/command.ts';
import { startCompanion } from './support/companion.ts';
import { REPOSITORY } from './support/daemon.ts';
import { processes } from './support/processes.ts';
import { until } from './support/wait.ts';

test('a fresh clone serves after npm ci and npm start', { timeout: 240_000 }, async () => {
  const folder = mkdtempSync('/tmp/xinetd-newcomer.');
  afterTest(() => rmSync(folder, { recursive: true, force: true }));
  await output('git', ['-c', 'safe.directory=*', 'clone', '-q', '--no-hardlinks', REPOSITORY, folder]);
  const outside = ['--net=/run/outside-net', '--', 'npm', 'ci', '--no-audit', '--no-fund'];
  await output('nsenter', outside, { cwd: folder, limitMs: 200_000 });

  const demo = startCompanion('sh', ['-c', `cd ${folder} && exec npm start`]);
  const [, port] = await demo.says(/\b127\.0\.0\.1[ :](\d+)/, 60_000);
  expect(
    await until('an answer', () => exchange(Number(port), { isHalfClosed: true }).catch(() => undefined)),
  ).toBeDefined();
  expect(await exchange(17_001)).toMatch(/UTC/);
  expect(await output('curl', ['-s', 'http://127.0.0.1:17080/'])).toMatch(/^up/);
  expect(await exchange(17_003)).toBe('');
  await demo.says(/START: date pid=\d+ from=127\.0\.0\.1/);
  await demo.says(/FAIL: closed address from=127\.0\.0\.1/);

  const daemons = (): readonly number[] =>
    processes()
      .filter(({ commandLine }) => /node.*xinetd-ts/.test(commandLine))
      .map(({ pid }) => pid);
  expect(daemons()).not.toEqual([]);
  for (const pid of daemons()) process.kill(pid, 'SIGINT');
  await until('the end after Ctrl-C', () => daemons().length === 0 || undefined);
});
