import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBanFile, writeBanFile, writeBanFileLast } from '../../src/daemon/ban-file.ts';

const BANS = [
  { address: '192.0.2.1', untilWallMs: Date.UTC(2030, 0, 1) },
  { address: '2001:db8::1', untilWallMs: Infinity },
];

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bans.'));
  path = join(folder, 'bans.json');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function broken(text: string, mode = 0o600): unknown {
  writeFileSync(path, text);
  chmodSync(path, mode);
  return readBanFile(path);
}

describe('the file of bans', () => {
  test('gives back what was written', async () => {
    await writeBanFile(path, BANS);
    expect(readBanFile(path)).toEqual({ kind: 'read', bans: BANS });
    writeBanFileLast(path, []);
    expect(readBanFile(path)).toEqual({ kind: 'read', bans: [] });
  });

  test('is for its owner alone, its folder too', async () => {
    const inside = join(folder, 'state', 'bans.json');
    await writeBanFile(inside, BANS);
    expect([statSync(inside).mode & 0o777, statSync(join(folder, 'state')).mode & 0o777]).toEqual([0o600, 0o700]);
  });

  test('need not be there', () => {
    expect(readBanFile(path)).toEqual({ kind: 'none' });
  });

  test('is replaced, never written through a link', async () => {
    const target = join(folder, 'target');
    writeFileSync(target, 'kept');
    symlinkSync(target, `${path}.new`);
    symlinkSync(target, path);
    await writeBanFile(path, BANS);
    expect(readFileSync(target, 'utf8')).toBe('kept');
    expect(readBanFile(path)).toMatchObject({ kind: 'read' });
  });

  test('is not written where others may write', async () => {
    chmodSync(folder, 0o777);
    await expect(writeBanFile(path, BANS)).rejects.toThrow('others may write to its folder');
    expect(() => writeBanFileLast(path, BANS)).toThrow('others may write to its folder');
  });
});

describe('a broken file of bans', () => {
  test.each([
    ['no JSON', '{"version":1,'],
    ['another version', '{"version":2,"bans":[]}'],
    ['a list of nothing', '{"version":1}'],
    ['a network', '{"version":1,"bans":[{"address":"10.0.0.0/8","until":"FOREVER"}]}'],
    ['a time that is none', '{"version":1,"bans":[{"address":"10.0.0.1","until":"soon"}]}'],
    ['an entry that is none', '{"version":1,"bans":[7]}'],
  ])('%s is kept aside', (_, text) => {
    expect(broken(text)).toMatchObject({ kind: 'broken', keptAs: `${path}.broken` });
    expect(readFileSync(`${path}.broken`, 'utf8')).toBe(text);
    expect(existsSync(path)).toBe(false);
  });

  test('is one that others may write', () => {
    expect(broken('{"version":1,"bans":[]}', 0o622)).toMatchObject({ reason: 'others may write to it' });
  });

  test('is a link, wherever it leads', () => {
    writeFileSync(join(folder, 'target'), '{"version":1,"bans":[]}');
    symlinkSync(join(folder, 'target'), path);
    expect(readBanFile(path)).toMatchObject({ kind: 'broken' });
  });
});
