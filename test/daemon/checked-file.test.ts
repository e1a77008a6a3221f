import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CheckedFile } from '../../src/daemon/checked-file.ts';

describe('a checked file', () => {
  let directory = '';
  let path = '';
  let nowMs = 0;
  let parses = 0;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'checked-'));
    path = join(directory, 'hosts');
    nowMs = 0;
    parses = 0;
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function open(): CheckedFile<{ readonly text: string }> {
    return new CheckedFile(
      path,
      (text) => {
        parses += 1;
        return { text };
      },
      () => nowMs,
    );
  }

  test('is not read before somebody asks', () => {
    expect(open().fresh).toBeUndefined();
    expect(parses).toBe(0);
  });

  test('is read as bytes', async () => {
    writeFileSync(path, Buffer.from([0x61, 0xe9]));
    expect(await open().current()).toEqual({ text: 'a\xe9' });
  });

  test('stays fresh for a second', async () => {
    writeFileSync(path, 'one');
    const file = open();
    const first = await file.current();
    nowMs = 999;
    expect(file.fresh).toBe(first);
    nowMs = 1000;
    expect(file.fresh).toBeUndefined();
  });

  test('keeps its value while the file is the same', async () => {
    writeFileSync(path, 'one');
    const file = open();
    const first = await file.current();
    nowMs = 5000;
    expect(await file.current()).toBe(first);
    expect(parses).toBe(1);
  });

  test('notices a change after a second', async () => {
    writeFileSync(path, 'one');
    const file = open();
    await file.current();
    writeFileSync(path, 'second');
    expect(await file.current()).toEqual({ text: 'one' });
    nowMs = 1000;
    expect(await file.current()).toEqual({ text: 'second' });
  });

  test('is looked at once for all who ask together', async () => {
    writeFileSync(path, 'one');
    const file = open();
    const [left, right] = await Promise.all([file.current(), file.current()]);
    expect(left).toBe(right);
    expect(parses).toBe(1);
  });

  test('counts as empty where it is missing, and is found later', async () => {
    const file = open();
    expect(await file.current()).toEqual({ text: '' });
    writeFileSync(path, 'now');
    nowMs = 1000;
    expect(await file.current()).toEqual({ text: 'now' });
  });

  test('counts as empty where it is no regular file', async () => {
    execFileSync('mkfifo', [path]);
    expect(await open().current()).toEqual({ text: '' });
    path = directory;
    expect(await open().current()).toEqual({ text: '' });
  });
});
