import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { removePidFile, writePidFile } from '../../src/daemon/pid-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pid-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('writePidFile', () => {
  test('writes the pid and a newline', () => {
    const path = join(folder, 'pid');
    expect(writePidFile(path, 4711)).toBeUndefined();
    expect(readFileSync(path, 'utf8')).toBe('4711\n');
  });

  test('forces mode 0644 whatever the umask', () => {
    const path = join(folder, 'pid');
    const umask = process.umask(0o077);
    writePidFile(path, 1);
    process.umask(umask);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  test('replaces a planted link instead of following it', () => {
    const path = join(folder, 'pid');
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, path);
    writePidFile(path, 1);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  test('says what went wrong and goes on', () => {
    expect(writePidFile(join(folder, 'no', 'such', 'pid'), 1)).toBe('open failed: ENOENT');
  });
});

describe('removePidFile', () => {
  test('is content when the file is gone', () => {
    expect(() => removePidFile(join(folder, 'pid'))).not.toThrow();
  });
});
