// Completion as bash does it: the script is sourced, its function is called with the words so far.

import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { output } from './support/command.ts';
import { service } from './support/configuration.ts';
import { REPOSITORY } from './support/daemon.ts';
import { NODE_FOLDER } from './support/packed.ts';

const folder = mkdtempSync('/run/bin.');
const PATH = `${folder}:${NODE_FOLDER}:/usr/bin:/bin`;
const SCRIPT = `
source "$1"; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_xinetd_ts 2>/dev/null
printf '%s\\n' "\${COMPREPLY[@]}"`;

beforeAll(() => {
  symlinkSync(join(REPOSITORY, 'dist/xinetd-ts.js'), join(folder, 'xinetd-ts'));
  writeFileSync('/etc/xinetd.conf', service('hello', { port: 20_001, server: '/bin/echo' }));
});

async function completed(...words: readonly string[]): Promise<readonly string[]> {
  const script = join(REPOSITORY, 'etc/completion/xinetd-ts.bash');
  const found = await output('bash', ['-c', SCRIPT, 'bash', script, 'xinetd-ts', ...words], { env: { PATH } });
  return found.split('\n').filter((line) => line !== '');
}

test.each([
  [['-st'], ['-stayalive', '-statedir']],
  [['-syslog', 'local1'], ['local1']],
  [['-f', '/etc/xinetd.c'], ['/etc/xinetd.conf']],
  [['-limit', ''], []],
  [
    ['bans', ''],
    ['list', 'add', 'remove'],
  ],
  [['convert', 'systemd', '--j'], ['--json']],
  [['explain', 'hel'], ['hello']],
  [['explain', 'XC10'], expect.arrayContaining(['XC100', 'XC104'])],
])('%j is completed', async (words, expected) => {
  expect(await completed(...words)).toEqual(expected);
});

test('the command prints the script', async () => {
  const printed = await output(join(folder, 'xinetd-ts'), ['completion', 'bash'], { env: { PATH } });
  expect(printed).toContain('complete -F _xinetd_ts xinetd-ts');
});
