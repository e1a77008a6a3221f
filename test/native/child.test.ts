// The child's side of a launch, as a plain program: which descriptors a server gets, and that nothing runs after a failed
// step. System calls fail (or lie) through a seccomp filter, so this needs no root.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'child-probe-'));
const probe = join(folder, 'child-probe');
const sanitizers =
  process.env['SANITIZE'] === undefined ? [] : ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

beforeAll(() => {
  const sources = [join(root, 'test/fixtures/programs/child-probe.c'), join(root, 'src/native/child.c')];
  const flags = ['-D_GNU_SOURCE', '-std=gnu11', '-Wall', '-Wextra', '-Werror', '-O1', '-g', ...sanitizers];
  const built = spawnSync('gcc', [...flags, ...sources, '-o', probe], { encoding: 'utf8' });
  expect(built.stderr).toBe('');
});

afterAll(() => rmSync(folder, { recursive: true }));

function run(...words: readonly string[]): string {
  const end = words.includes('--') ? words : [...words, '--', '/bin/ls', '/proc/self/fd'];
  const { stdout, stderr } = spawnSync(probe, end, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').join(' ').trim();
}

describe('the descriptors of a server', () => {
  test('are 0, 1 and 2 and no other', () => expect(run()).toBe('0 1 2 3 step=0 errno=0 status=0'));
  test('include the one extra that is asked for', () =>
    expect(run('-k', '7')).toBe('0 1 2 3 7 step=0 errno=0 status=0'));
  test('may have the extra right after stderr', () => expect(run('-k', '3')).toBe('0 1 2 3 4 step=0 errno=0 status=0'));
  test('are the same where close_range is missing', () => {
    expect(run('close_range=38')).toBe('0 1 2 3 step=0 errno=0 status=0');
    expect(run('close_range=38', '-k', '7')).toBe('0 1 2 3 7 step=0 errno=0 status=0');
  });
});

describe('a set-up step that fails', () => {
  const cases = [
    { rules: ['rt_sigaction=1'], step: 1, errno: 1 },
    { rules: ['setsid=1'], step: 2, errno: 1 },
    { rules: ['dup3=9'], step: 3, errno: 9 },
    { rules: ['close_range=22'], step: 4, errno: 22 },
    { rules: ['close_range=38', 'openat=2'], step: 4, errno: 2 },
    { rules: ['prlimit64=1'], step: 5, errno: 1 },
    { rules: ['getpriority=3'], step: 6, errno: 3 },
    { rules: ['setpriority=13'], step: 6, errno: 13 },
    { rules: ['chdir=2'], step: 7, errno: 2 },
    { rules: ['-g', 'setgroups=1'], step: 8, errno: 1 },
    { rules: ['-g', 'setgroups=0', 'setresgid=1'], step: 9, errno: 1 },
    { rules: ['-g', 'setgroups=0', 'setresgid=0', 'setresuid=11'], step: 10, errno: 11 },
    { rules: ['rt_sigprocmask=22'], step: 12, errno: 22 },
    { rules: ['execve=13'], step: 13, errno: 13 },
  ];
  test.each(cases)('$rules runs nothing and is recorded', ({ rules, step, errno }) => {
    expect(run(...rules)).toBe(`step=${step} errno=${errno} status=126`);
  });
  test('is noticed when the ids did not really change', () => {
    expect(run('-g', 'setgroups=0', 'setresgid=0', 'setresuid=0')).toBe('step=11 errno=1 status=126');
    expect(run('-g', 'setgroups=0', 'setresgid=0', 'setresuid=0', 'getresuid=14')).toBe('step=11 errno=1 status=126');
  });
});
