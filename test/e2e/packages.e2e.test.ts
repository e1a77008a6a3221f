// The packages as users get them: npm's without scripts or compiler, Debian's in place of the xinetd that runs there,
// each installed for real (the latter in a copy of this system), used, and taken away again.

import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, exchange } from './support/clients.ts';
import { output, run } from './support/command.ts';
import { freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import { NODE_FOLDER, packTree } from './support/packed.ts';
import { copySystem } from './support/system-copy.ts';
import { until } from './support/wait.ts';

let packed = { npm: '', deb: '' };

beforeAll(async () => {
  packed = await packTree();
}, 180_000);

afterAll(() => rmSync(dirname(packed.npm), { recursive: true }));

/** A folder with these programs and nothing else. */
function bareFolder(...programs: readonly string[]): string {
  const folder = mkdtempSync('/run/bare.');
  for (const program of programs) {
    const path = ['/bin', NODE_FOLDER].map((each) => join(each, program)).find((each) => existsSync(each));
    symlinkSync(path ?? program, join(folder, program));
  }
  return folder;
}

test('the npm package serves without scripts, compiler or a place to write', async () => {
  const prefix = mkdtempSync('/run/prefix.');
  const PATH = bareFolder('node', 'npm', 'sh');
  const install = ['install', '--global', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const words = ['--net=/run/outside-net', 'env', `PATH=${PATH}`, 'npm', ...install, '--prefix', prefix, packed.npm];
  await output('nsenter', words, { limitMs: 60_000 });
  await output('mount', ['--bind', '-o', 'ro', prefix, prefix]);
  const home = join(prefix, 'lib/node_modules/xinetd-ts');
  expect(readdirSync(home)).not.toContain('build');
  expect(existsSync(join(home, 'dist/gen.js'))).toBe(false);
  await output('node', ['src/native/install.mjs'], { cwd: home, env: { PATH } });
  const port = freshPort();
  const text = service('hello', { port, server: '/bin/echo', server_args: 'hello' });
  await startDaemon(text, { command: [join(prefix, 'bin/xinetd-ts')], env: { PATH } });
  expect(await exchange(port)).toBe('hello\n');
  expect((await run(join(prefix, 'bin/xinetd-ts'), ['--help'], { env: { PATH } })).stdout).toContain('convert');
  expect(readdirSync(join(prefix, 'share/man')).toSorted()).toEqual(['man5', 'man8']);
}, 60_000);

test('the Debian package takes the place of xinetd, serves, reloads, is renewed, and goes', async () => {
  const copy = await copySystem();
  const port = freshPort();
  const write = (name: string, text: string): void => writeFileSync(join(copy.root, 'etc/xinetd.d', name), text);
  const hello = (word: string): string => service('hello', { port, server: '/bin/echo', server_args: word });
  copyFileSync(packed.deb, join(copy.root, 'tmp/new.deb'));
  write('hello', hello('hello'));
  await copy.output('invoke-rc.d xinetd start');

  const installing = await copy.output('apt-get install -y --no-install-recommends /tmp/new.deb');
  expect(installing).toContain('Removing xinetd ');
  expect(await exchange(port)).toBe('hello\n');
  expect(await copy.output('invoke-rc.d xinetd-ts status')).toMatch(/is running[^]*hello/);

  write('hello', hello('again'));
  await copy.output('invoke-rc.d xinetd-ts reload');
  await until('the reload counts', async () => (await exchange(port)) === 'again\n');
  write('broken', 'service broken\n{\n\tport = none\n}\n');
  expect((await copy.run('invoke-rc.d xinetd-ts reload')).status).not.toBe(0);
  expect(await exchange(port)).toBe('again\n');
  await copy.output('rm /etc/xinetd.d/broken');

  const startTime = 'ps -o lstart= -p $(cat /run/xinetd.pid)';
  const before = await copy.output(startTime);
  await copy.output('dpkg -i /tmp/new.deb');
  expect(await copy.output(startTime)).toBe(before);
  expect(await exchange(port)).toBe('again\n');
  expect(await copy.output('dpkg -V xinetd-ts')).toBe('');

  await copy.output('dpkg -r --force-depends xinetd-ts');
  await expect(call(port)).rejects.toThrow('ECONNREFUSED');
  await copy.output('dpkg -P --force-depends xinetd-ts');
  expect(await copy.output('find /etc /usr /run /var/lib /var/log -name "*xinetd-ts*"')).toBe('');
  expect(await copy.output('ls /etc/xinetd.conf /etc/xinetd.d/hello')).toContain('hello');
}, 60_000);

test('the Debian package brings a configuration where there is none, and takes it away unchanged', async () => {
  const copy = await copySystem();
  copyFileSync(packed.deb, join(copy.root, 'tmp/new.deb'));
  await copy.output('dpkg -P --force-depends xinetd; rm -rf /etc/xinetd.conf /etc/xinetd.d');
  await copy.output('dpkg -i /tmp/new.deb');
  expect(await copy.output('xinetd-ts -t 2>&1')).toContain('test is successful');
  await copy.output('dpkg -P --force-depends xinetd-ts');
  expect((await copy.run('ls /etc/xinetd.conf /etc/xinetd.d')).status).toBe(2);
}, 60_000);
