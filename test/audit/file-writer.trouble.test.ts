import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FileWriter } from '../../src/audit/file-writer.ts';
import { scratchDirectory, strerror } from './files.ts';

const failing = new Set<string>();
/** What still fits on the disk. */
let roomBytes = Infinity;

vi.mock(import('node:fs'), async (original) => {
  const fs = await original();
  const refusing =
    <Arguments extends readonly unknown[], Result>(name: string, call: (...of: Arguments) => Result) =>
    (...of: Arguments): Result => {
      const result = call(...of);
      if (failing.has(name)) throw Object.assign(new Error(`EIO: i/o error, ${name}`), { errno: -5, code: 'EIO' });
      return result;
    };
  const writeWhatFits = (...[fd, bytes, offset, length, position, end]: WriteCall): void => {
    const fits = Math.min(length, roomBytes);
    roomBytes -= fits;
    if (fits > 0) return fs.write(fd, bytes, offset, fits, position, end);
    const error = Object.assign(new Error('ENOSPC'), { errno: -28, code: 'ENOSPC' });
    setImmediate(end, error, 0);
  };
  return {
    ...fs,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one of its overloads that is called
    write: writeWhatFits as unknown as typeof fs.write,
    closeSync: refusing('close', fs.closeSync),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the overloads of fstatSync
    fstatSync: refusing('fstat', fs.fstatSync) as typeof fs.fstatSync,
  };
});

type WriteEnd = (error: NodeJS.ErrnoException | null, written: number) => void;
type WriteCall = [number, Uint8Array, number, number, null, WriteEnd];

afterEach(() => {
  failing.clear();
  roomBytes = Infinity;
});

function write(writer: FileWriter, text: string): Promise<number> {
  return new Promise((resolve) => {
    writer.start(Buffer.from(text), resolve);
  });
}

describe('a disk that fails', () => {
  test('lets a log be opened whose size it cannot tell', async () => {
    failing.add('fstat');
    const path = join(scratchDirectory(), 'log');
    const writer = new FileWriter(path, strerror);
    expect(writer.openedSizeBytes).toBe(0);
    expect(await write(writer, 'one\n')).toBe(4);
    writer.close();
    expect(readFileSync(path, 'latin1')).toBe('one\n');
  });

  test('lets a write begin when fstat fails', async () => {
    const path = join(scratchDirectory(), 'log');
    const writer = new FileWriter(path, strerror);
    failing.add('fstat');
    expect(await write(writer, 'one\n')).toBe(4);
    writer.close();
  });

  test('counts a write of unknown size as not landed', async () => {
    const writer = new FileWriter(join(scratchDirectory(), 'log'), strerror);
    failing.add('fstat');
    const written = write(writer, 'one\n');
    expect(writer.settleSync()).toBe(0);
    await written;
    writer.close();
  });

  test('gives up waiting when fstat fails during a flush', async () => {
    const writer = new FileWriter(join(scratchDirectory(), 'log'), strerror);
    const written = write(writer, 'one\n');
    failing.add('fstat');
    expect(writer.settleSync()).toBe(0);
    await written;
    writer.close();
  });

  test('lets a log be closed and reopened when close fails', async () => {
    const path = join(scratchDirectory(), 'log');
    const writer = new FileWriter(path, strerror);
    failing.add('close');
    expect(() => writer.reopen()).not.toThrow();
    const written = write(writer, 'one\n');
    writer.reopen();
    await written;
    expect(() => writer.close()).not.toThrow();
  });
});

describe('a disk that is full', () => {
  test('keeps whole lines only', async () => {
    const path = join(scratchDirectory(), 'log');
    const writer = new FileWriter(path, strerror);
    await write(writer, 'zero\n');
    roomBytes = 6;
    expect(await write(writer, 'one\ntwo\n')).toBe(4);
    expect(readFileSync(path, 'latin1')).toBe('zero\none\n');
    roomBytes = Infinity;
    expect(await write(writer, 'two\n')).toBe(4);
    expect(readFileSync(path, 'latin1')).toBe('zero\none\ntwo\n');
    writer.close();
  });

  test('keeps a half line that others have written behind', async () => {
    const path = join(scratchDirectory(), 'log');
    const writer = new FileWriter(path, strerror);
    roomBytes = 2;
    const written = write(writer, 'one\n');
    appendFileSync(path, 'two\n');
    expect(await written).toBe(2);
    writer.close();
  });

  test('keeps a half line when its size is unknown', async () => {
    const path = join(scratchDirectory(), 'log');
    const writer = new FileWriter(path, strerror);
    roomBytes = 2;
    failing.add('fstat');
    expect(await write(writer, 'one\n')).toBe(2);
    writer.close();
  });
});
