import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HostsFiles } from '../../src/daemon/hosts-files.ts';
import { PEOPLE } from '../policy/wrappers.ts';

let etc: string;
let nowMs: number;
let said: string[];
let files: HostsFiles;

beforeEach(() => {
  etc = mkdtempSync(join(tmpdir(), 'hosts-files.'));
  nowMs = 0;
  said = [];
  files = new HostsFiles({
    nowMs: () => nowMs,
    log: (level, _, text) => said.push(`${level}: ${text.replaceAll(etc, '')}`),
    people: PEOPLE,
    strerror: (errno) => `errno ${errno}`,
    etc,
  });
});

afterEach(() => rmSync(etc, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(join(etc, `${name}.new`), text);
  renameSync(join(etc, `${name}.new`), join(etc, name));
}

describe('the wrappers’ files', () => {
  test('are empty where there are none', async () => {
    const { allow, deny } = await files.current();
    expect([allow.rules, deny.rules, deny.isBroken, said]).toEqual([[], [], false, []]);
  });

  test('are looked at once a second, and read when they have changed', async () => {
    write('hosts.deny', 'ALL: ALL\n');
    expect(files.isFresh(nowMs)).toBe(false);
    const first = await files.current();
    write('hosts.deny', 'sh: ALL\n');
    nowMs = 999;
    expect(await files.current()).toBe(first);
    expect(files.isFresh(nowMs)).toBe(true);
    nowMs = 1000;
    expect(files.isFresh(nowMs)).toBe(false);
    expect(files.latest).toBe(first);
    expect((await files.current()).deny.rules).toMatchObject([{ daemons: ['sh'] }]);
    nowMs = 2000;
    const latest = files.latest;
    expect(await files.current()).toBe(latest);
  });

  test('are read once for all who ask at the same time', async () => {
    const [one, other] = await Promise.all([files.current(), files.current()]);
    expect(one).toBe(other);
  });

  test('are gone when they are gone', async () => {
    write('hosts.deny', 'ALL: ALL\n');
    await files.current();
    rmSync(join(etc, 'hosts.deny'));
    nowMs = 1000;
    expect((await files.current()).deny).toMatchObject({ rules: [], isBroken: false });
  });

  test('bring the files that their patterns name, and notice their changes', async () => {
    write('friends', `10. ${join(etc, 'more')}\n`);
    write('more', '.example\n');
    write('hosts.allow', `sh: ${join(etc, 'friends')} ${join(etc, 'friends')} /nonexistent\n`);
    const { lists } = await files.current();
    expect([...lists.values()]).toEqual([['10.', join(etc, 'more')], [], ['.example']]);
    write('more', '.test\n');
    nowMs = 1000;
    expect((await files.current()).lists.get(join(etc, 'more'))).toEqual(['.test']);
  });

  test('are broken where they are no files', async () => {
    mkdirSync(join(etc, 'hosts.deny'));
    expect((await files.current()).deny.isBroken).toBe(true);
    expect(said).toEqual(['warning: /hosts.deny: cannot open: not a regular file']);
  });

  test('tell of mistakes once, when they are read', async () => {
    write('hosts.allow', 'sh ALL\n');
    write('list', '');
    write('hosts.deny', `ALL: ${etc}\n`);
    await files.current();
    nowMs = 1000;
    await files.current();
    expect(said).toEqual([
      'warning: : cannot open: not a regular file; nobody knows whom it means',
      'warning: /hosts.allow:1: missing ":" separator, the line is ignored',
    ]);
  });

  test('leave out what too many files say', async () => {
    const names = Array.from({ length: 70 }, (_, number) => join(etc, `list${number}`));
    write('hosts.deny', names.map((name) => `ALL: ${name}\n`).join(''));
    const { lists } = await files.current();
    expect([...lists.keys()]).toEqual(names.slice(0, 64));
    expect(said).toEqual(['warning: /list64: cannot open: too many files; nobody knows whom it means']);
  });

  test('are broken where the path leads nowhere', async () => {
    symlinkSync('hosts.deny', join(etc, 'hosts.deny'));
    expect((await files.current()).deny.isBroken).toBe(true);
    expect(said).toEqual(['warning: /hosts.deny: cannot open: errno 40']);
  });
});
