// The child's side of a launch where it really changes ids.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'child-probe-'));
const probe = join(folder, 'child-probe');

beforeAll(() => {
  const sources = [join(root, 'test/fixtures/programs/child-probe.c'), join(root, 'src/native/child.c')];
  spawnSync('gcc', ['-D_GNU_SOURCE', '-std=gnu11', ...sources, '-o', probe]);
});

afterAll(() => rmSync(folder, { recursive: true }));

function run(...words: readonly string[]): string {
  return spawnSync(probe, words, { encoding: 'utf8' }).stdout.split('\n').join(' ').trim();
}

describe('a change of ids', () => {
  test('runs the program as that user and groups', () => {
    expect(run('-g', '--', '/usr/bin/id')).toMatch(
      /^uid=65534\S* gid=65534\S* groups=65534\S*,7\S* step=0 errno=0 status=0$/,
    );
  });
  test('leaves the shared memory closed to tracing', () => {
    expect(run('-g', '-v', '--', '/bin/true')).toBe('step=0 errno=0 status=0 dumpable=0');
  });
  test.each(['setresuid', 'setresgid'])('that %s only pretends runs nothing', (call) => {
    expect(run('-g', `${call}=0`, '--', '/bin/echo', 'ran')).toBe('step=11 errno=1 status=126');
  });
  test('with groups left over runs nothing', () => {
    expect(run('-g', 'setgroups=0', '--', '/bin/echo', 'ran')).toBe('step=11 errno=1 status=126');
  });
});
