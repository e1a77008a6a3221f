// The unit under systemd itself, which runs as process 1 of a copy of this system. Needs a kernel that lets us mount a control
// group file system: `npm run test:systemd`.

import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, exchange } from './support/clients.ts';
import { output } from './support/command.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { packTree } from './support/packed.ts';
import { bootSystem } from './support/system-copy.ts';
import type { SystemCopy } from './support/system-copy.ts';
import { until } from './support/wait.ts';

let packed = { npm: '', deb: '' };

beforeAll(async () => {
  packed = await packTree();
}, 180_000);

afterAll(() => rmSync(dirname(packed.npm), { recursive: true }));

/** A package among the files of a system that does not run. */
const unpack = (root: string): void => copyFileSync(packed.deb, join(root, 'opt/new.deb'));

/** Boots with our package in place of xinetd, and these services. */
async function boot(text: string): Promise<SystemCopy> {
  const copy = await bootSystem(async (root) => {
    unpack(root);
    const chroot = (command: string): Promise<string> => output('chroot', [root, '/bin/sh', '-c', command]);
    await chroot('dpkg -P --force-depends xinetd; dpkg -i /opt/new.deb');
    writeFileSync(join(root, 'etc/xinetd.conf'), text);
  });
  await copy.output('systemctl start xinetd-ts');
  return copy;
}

const LOG = { log_type: 'SYSLOG daemon info', log_on_success: 'HOST EXIT', log_on_failure: 'HOST' };
const mainPid = (copy: SystemCopy, unit = 'xinetd-ts'): Promise<string> =>
  copy.output(`systemctl show --property MainPID --value ${unit}`);
const hello = (port: number, word = 'hello'): string =>
  service('hello', { port, server: '/bin/echo', server_args: word });
const cat = (port: number): string => service('cat', { port, server: '/bin/cat' });

/** Four callers at a time, again and again, while `act` runs; all must be answered. `more` waits for twenty of them. */
async function underLoad(port: number, act: (more: () => Promise<unknown>) => Promise<unknown>): Promise<void> {
  const over = new AbortController();
  let served = 0;
  const callers = Array.from({ length: 4 }, async () => {
    while (!over.signal.aborted) {
      expect(await exchange(port)).toBe('hello\n');
      served += 1;
    }
  });
  const more = (): Promise<unknown> => {
    const wanted = served + 20;
    return until('more callers', () => served >= wanted);
  };
  const acting = act(more).finally(() => over.abort());
  await Promise.all([acting, ...callers]);
}

test('the package takes over from the xinetd that runs, under its name and its tag', async () => {
  const port = freshPort();
  const copy = await bootSystem((root) => {
    unpack(root);
    writeFileSync(join(root, 'etc/xinetd.conf'), defaults(LOG) + hello(port));
  });
  await copy.output('systemctl start xinetd');
  await until('xinetd serves', async () => (await exchange(port).catch(() => '')) === 'hello\n');
  await copy.output('apt-get install -y --no-install-recommends /opt/new.deb');
  expect(await exchange(port)).toBe('hello\n');
  const [mine, itsOwn] = await Promise.all([mainPid(copy), mainPid(copy, 'xinetd')]);
  expect(itsOwn).toBe(mine);
  await copy.output('systemctl reload xinetd && systemctl restart xinetd');
  expect(await exchange(port)).toBe('hello\n');
  const lines = (): Promise<string> => copy.output('journalctl --no-pager -o cat -t xinetd -u xinetd-ts');
  await until('the call is in the journal', async () => (await lines()).includes('START: hello'));
  await copy.output('dpkg -r --force-depends xinetd-ts; systemctl daemon-reload');
  await expect(exchange(port)).rejects.toThrow('ECONNREFUSED');
}, 90_000);

test('the unit says how it is doing, reloads, and keeps a configuration with errors out', async () => {
  const port = freshPort();
  const copy = await boot(defaults() + hello(port));
  expect(await copy.output('systemctl is-active xinetd-ts')).toBe('active\n');
  expect(await copy.output('systemctl status xinetd-ts')).toContain('Status: "1 service, 0 running servers"');
  const configure = (text: string): void => writeFileSync(join(copy.root, 'etc/xinetd.conf'), text);
  configure(defaults({ log_type: 'JOURNAL', log_on_success: 'HOST EXIT' }) + hello(port, 'again'));
  const pid = await mainPid(copy);
  await copy.output('systemctl reload xinetd-ts');
  expect(await exchange(port)).toBe('again\n');
  configure('service broken {\n');
  expect((await copy.run('systemctl reload xinetd-ts')).status).toBe(1);
  expect(await exchange(port)).toBe('again\n');
  expect(await mainPid(copy)).toBe(pid);
  const journal = (words: string): Promise<string> => copy.output(`journalctl --no-pager -o cat -u xinetd-ts ${words}`);
  expect(await journal('')).toMatch(/^Started working: 1 available service$/m);
  expect(await journal('')).toContain('/etc/xinetd.conf:1:1: error XC003');
  expect(await journal('-p notice')).not.toContain('Reading included configuration file');
  await until(
    'both callers are in the journal',
    async () => (await journal('XINETD_EVENT=exit')).split('\n').length === 3,
  );
}, 60_000);

test('restarts, crashes and upgrades refuse nobody, and servers live on', async () => {
  const port = freshPort(2);
  const copy = await boot(defaults({ cps: '100000 1' }) + hello(port) + cat(port + 1));
  const client = await call(port + 1);
  const talk = async (word: string): Promise<void> => {
    client.say(word);
    await client.hears(new RegExp(`${word}$`));
  };
  await talk('first');
  await underLoad(port, async (more) => {
    for (let round = 0; round < 3; round += 1) {
      await copy.output('systemctl restart xinetd-ts');
      await more();
    }
  });
  await talk('restarted');
  await underLoad(port, async (more) => {
    await copy.output(`kill -KILL ${await mainPid(copy)}`);
    await more();
  });
  await talk('crashed');
  const pid = await mainPid(copy);
  await underLoad(port, async (more) => {
    await copy.output('xinetd-ts upgrade');
    await more();
  });
  expect(await mainPid(copy)).toBe(pid);
  await talk('upgraded');
  await copy.output('systemctl stop xinetd-ts');
  await talk('stopped');
  await expect(exchange(port)).rejects.toThrow('ECONNREFUSED');
  client.hangUp();
}, 90_000);

test('a daemon that hangs is killed and started anew', async () => {
  const port = freshPort();
  const copy = await boot(defaults() + hello(port));
  const folder = join(copy.root, 'run/systemd/system/xinetd-ts.service.d');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'watchdog.conf'), '[Service]\nWatchdogSec=1\n');
  await copy.output('systemctl daemon-reload; systemctl restart xinetd-ts');
  const pid = await mainPid(copy);
  await copy.output(`kill -STOP ${pid}`);
  await until('another daemon runs', async () => !['0\n', pid].includes(await mainPid(copy)));
  expect(await exchange(port)).toBe('hello\n');
  expect(await copy.output('journalctl --no-pager -u xinetd-ts')).toContain('Watchdog timeout');
}, 60_000);
