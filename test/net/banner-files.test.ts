import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BannerFiles, MOST_BANNER_BYTES } from '../../src/net/banner-files.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'banner.'));
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const files = (): BannerFiles => new BannerFiles();
const write = (text: string): string => {
  writeFileSync(join(folder, 'text'), text, 'latin1');
  return join(folder, 'text');
};
const text = (of: string) => ({ kind: 'text', bytes: Buffer.from(of, 'latin1') });

describe('a banner file', () => {
  test('is read as it is, byte for byte', async () => {
    expect(await files().current(write('a\0\xff\r\n'))).toEqual(text('a\0\xff\r\n'));
  });

  test('is known for a second, then read again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const [some, path] = [files(), write('old')];
    expect(some.fresh(path)).toBeUndefined();
    await some.current(path);
    write('new');
    vi.advanceTimersByTime(999);
    expect(some.fresh(path)).toEqual(text('old'));
    vi.advanceTimersByTime(1);
    expect(some.fresh(path)).toBeUndefined();
    expect(await some.current(path)).toEqual(text('new'));
  });

  test('is read once for all who wait for it', async () => {
    const [some, path] = [files(), write('hello')];
    const [first, second] = await Promise.all([some.current(path), some.current(path)]);
    expect(first).toBe(second);
  });

  test('may be empty', async () => {
    expect(await files().current(write(''))).toEqual({ kind: 'text', bytes: new Uint8Array() });
  });

  test('is cut off where it is too long', async () => {
    const path = write('x'.repeat(MOST_BANNER_BYTES + 1));
    expect(await files().current(path)).toMatchObject({ bytes: { length: MOST_BANNER_BYTES } });
  });

  test('may be missing', async () => {
    expect(await files().current(join(folder, 'nothing'))).toEqual({ kind: 'missing' });
  });

  test('is not a directory', async () => {
    const reason = 'Is a directory (errno = 21)';
    expect(await files().current(folder)).toEqual({ kind: 'unreadable', reason });
  });

  test('that is a FIFO keeps nobody waiting', async () => {
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    expect(await files().current(join(folder, 'fifo'))).toEqual(text(''));
  });
});
