import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { StreamWriter } from '../../src/audit/stream-writer.ts';
import { scratchDirectory } from './files.ts';

describe('a stream behind a sink', () => {
  test('takes a block and says when it has landed', async () => {
    const stream = new PassThrough();
    const writer = new StreamWriter(stream, -1);
    const written = new Promise((resolve) => {
      writer.start(Buffer.from('one\n'), (bytes, error) => resolve([bytes, error]));
    });
    expect(await written).toEqual([4, undefined]);
    expect(String(stream.read())).toBe('one\n');
  });

  test('fails a write when its reader is gone', async () => {
    const stream = new PassThrough();
    const writer = new StreamWriter(stream, -1);
    stream.destroy(new Error('EPIPE'));
    const written = new Promise((resolve) => {
      writer.start(Buffer.from('one\n'), (bytes, error) => resolve([bytes, error instanceof Error]));
    });
    expect(await written).toEqual([0, true]);
  });

  test('over a file does without the stream', async () => {
    const path = join(scratchDirectory(), 'out');
    const fd = openSync(path, 'w');
    const stream = new PassThrough();
    stream.destroy();
    const writer = new StreamWriter(stream, fd);
    const start = (text: string): Promise<unknown> =>
      new Promise((resolve) => {
        writer.start(Buffer.from(text), (bytes, error) => resolve([bytes, error?.message]));
      });
    expect(await start('one\n')).toEqual([4, undefined]);
    closeSync(fd);
    expect(readFileSync(path, 'latin1')).toBe('one\n');
    expect(await start('two\n')).toEqual([0, expect.stringContaining('EBADF')]);
  });

  test('counts a block handed over as landed', () => {
    expect(new StreamWriter(new PassThrough(), -1).settleSync()).toBeGreaterThan(1e9);
  });

  test('writes to its descriptor when there is no time left', () => {
    const path = join(scratchDirectory(), 'out');
    const fd = openSync(path, 'w');
    const writer = new StreamWriter(new PassThrough(), fd);
    expect(writer.writeSync(Buffer.from('last\n'))).toBe(5);
    writer.close();
    closeSync(fd);
    expect(readFileSync(path, 'latin1')).toBe('last\n');
    expect(writer.writeSync(Buffer.from('later\n'))).toBe(0);
  });
});
