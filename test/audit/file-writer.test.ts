import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FileWriter } from '../../src/audit/file-writer.ts';
import { scratchDirectory, strerror } from './files.ts';

function write(writer: FileWriter, text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    writer.start(Buffer.from(text, 'latin1'), (written, error) =>
      error === undefined ? resolve(written) : reject(error),
    );
  });
}

describe('a log file', () => {
  test('is made readable for all and writable for its owner', () => {
    const path = join(scratchDirectory(), 'log');
    const writer = new FileWriter(path, strerror);
    expect(statSync(path).mode & 0o777).toBe(0o644 & ~process.umask());
    writer.close();
  });

  test('is appended to', async () => {
    const path = join(scratchDirectory(), 'log');
    writeFileSync(path, 'old\n');
    const writer = new FileWriter(path, strerror);
    expect(writer.openedSizeBytes).toBe(4);
    expect(await write(writer, 'new \xe9\n')).toBe(6);
    expect(readFileSync(path, 'latin1')).toBe('old\nnew \xe9\n');
    writer.close();
  });

  test('may have a name of any bytes', () => {
    const directory = scratchDirectory();
    new FileWriter(`${directory}/\xff`, strerror).close();
    expect(statSync(Buffer.from(`${directory}/\xff`, 'latin1')).isFile()).toBe(true);
  });

  test('may be a character device', async () => {
    const writer = new FileWriter('/dev/null', strerror);
    expect(await write(writer, 'gone\n')).toBe(5);
    writer.close();
  });

  test('closes once', () => {
    const writer = new FileWriter(join(scratchDirectory(), 'log'), strerror);
    writer.close();
    expect(() => writer.close()).not.toThrow();
  });
});

describe('opening a log file', () => {
  test('refuses a link', () => {
    const directory = scratchDirectory();
    writeFileSync(join(directory, 'target'), '');
    symlinkSync(join(directory, 'target'), join(directory, 'log'));
    expect(() => new FileWriter(join(directory, 'log'), strerror)).toThrow('error 40');
  });

  test('refuses a FIFO without waiting for a reader', () => {
    const path = join(scratchDirectory(), 'log');
    execFileSync('mkfifo', [path]);
    expect(() => new FileWriter(path, strerror)).toThrow('error 6');
  });

  test('refuses a directory', () => {
    const path = join(scratchDirectory(), 'log');
    mkdirSync(path);
    expect(() => new FileWriter(path, strerror)).toThrow('error 21');
  });

  test('names call, path and errno', () => {
    const path = join(scratchDirectory(), 'missing', 'log');
    expect(() => new FileWriter(path, strerror)).toThrow(
      expect.objectContaining({ name: 'SystemError', call: 'open', errno: 2, subject: path, reason: 'error 2' }),
    );
  });
});

describe('reopening a log file', () => {
  test('goes on in the new file', async () => {
    const path = join(scratchDirectory(), 'log');
    const writer = new FileWriter(path, strerror);
    await write(writer, 'one\n');
    renameSync(path, `${path}.1`);
    writer.reopen();
    await write(writer, 'two\n');
    expect([`${path}.1`, path].map((name) => readFileSync(name, 'latin1'))).toEqual(['one\n', 'two\n']);
    writer.close();
  });

  test('lets a write under way end in the old file', async () => {
    const path = join(scratchDirectory(), 'log');
    const writer = new FileWriter(path, strerror);
    const written = write(writer, 'one\n');
    renameSync(path, `${path}.1`);
    writer.reopen();
    await written;
    expect(readFileSync(`${path}.1`, 'latin1')).toBe('one\n');
    expect(readFileSync(path, 'latin1')).toBe('');
    writer.close();
  });

  test('keeps the old file when it fails', async () => {
    const directory = join(scratchDirectory(), 'logs');
    mkdirSync(directory);
    const writer = new FileWriter(join(directory, 'log'), strerror);
    rmSync(directory, { recursive: true });
    expect(() => writer.reopen()).toThrow('error 2');
    expect(await write(writer, 'one\n')).toBe(4);
    writer.close();
  });
});

/** Makes it so late that the path is looked at again. */
function later(): void {
  const [seconds, nanoseconds] = process.hrtime();
  vi.spyOn(process, 'hrtime').mockReturnValue([seconds + 1, nanoseconds]);
}

afterEach(() => void vi.restoreAllMocks());

function watched(path: string): {
  readonly writer: FileWriter;
  readonly replaced: number[];
  readonly obstacles: number[];
} {
  const replaced: number[] = [];
  const obstacles: number[] = [];
  const writer = new FileWriter(path, strerror, {
    onReplaced: (sizeBytes) => replaced.push(sizeBytes),
    onObstacle: ({ errno }) => obstacles.push(errno),
  });
  return { writer, replaced, obstacles };
}

describe('a log file that is no longer at its path', () => {
  test('is left for a new one when it was renamed', async () => {
    const path = join(scratchDirectory(), 'log');
    const { writer, replaced } = watched(path);
    await write(writer, 'one\n');
    renameSync(path, `${path}.1`);
    later();
    await write(writer, 'two\n');
    expect([`${path}.1`, path].map((name) => readFileSync(name, 'latin1'))).toEqual(['one\n', 'two\n']);
    expect(replaced).toEqual([0]);
    writer.close();
  });

  test('is made anew when it was deleted', async () => {
    const path = join(scratchDirectory(), 'log');
    const { writer } = watched(path);
    rmSync(path);
    later();
    await write(writer, 'one\n');
    expect(readFileSync(path, 'latin1')).toBe('one\n');
    writer.close();
  });

  test('is not looked for at every write', async () => {
    const path = join(scratchDirectory(), 'log');
    const writer = new FileWriter(path, strerror);
    rmSync(path);
    await write(writer, 'one\n');
    expect(existsSync(path)).toBe(false);
    writer.close();
  });

  test('is known to be shorter when it was cut', async () => {
    const path = join(scratchDirectory(), 'log');
    writeFileSync(path, 'old old\n');
    const { writer, replaced } = watched(path);
    truncateSync(path, 4);
    later();
    await write(writer, 'one\n');
    expect(replaced).toEqual([4]);
    writer.close();
  });

  test('is kept while something is in the way', async () => {
    const path = join(scratchDirectory(), 'log');
    const { writer, obstacles, replaced } = watched(path);
    renameSync(path, `${path}.1`);
    symlinkSync(`${path}.1`, path);
    for (const line of ['one\n', 'two\n']) {
      later();
      await write(writer, line);
    }
    expect(readFileSync(`${path}.1`, 'latin1')).toBe('one\ntwo\n');
    expect(obstacles).toEqual([40]);
    rmSync(path);
    later();
    await write(writer, 'three\n');
    expect(readFileSync(path, 'latin1')).toBe('three\n');
    expect(replaced).toEqual([0]);
    writer.close();
  });

  test('is not looked for once closed', async () => {
    const path = join(scratchDirectory(), 'log');
    const { writer } = watched(path);
    rmSync(path);
    later();
    const looked = new Promise<void>((resolve) => writer.look(resolve));
    writer.close();
    await looked;
    expect(existsSync(path)).toBe(false);
  });
});

describe('a log file with a link in its place', () => {
  test('is opened when the link has gone', async () => {
    const path = join(scratchDirectory(), 'log');
    symlinkSync('/nonexistent', path);
    const { writer, obstacles } = watched(path);
    expect(writer.openedSizeBytes).toBe(0);
    await expect(write(writer, 'one\n')).rejects.toThrow('error 40');
    later();
    await expect(write(writer, 'one\n')).rejects.toThrow('error 40');
    expect(obstacles).toEqual([40]);
    rmSync(path);
    later();
    expect(await write(writer, 'one\n')).toBe(4);
    expect(readFileSync(path, 'latin1')).toBe('one\n');
    writer.close();
  });

  test('can be closed unopened', () => {
    const path = join(scratchDirectory(), 'log');
    symlinkSync('/nonexistent', path);
    const { writer } = watched(path);
    expect(writer.writeSync(Buffer.from('one\n'))).toBe(0);
    expect(() => writer.close()).not.toThrow();
  });
});

describe('a write', () => {
  test('that fails says why', async () => {
    const writer = new FileWriter('/dev/full', strerror);
    await expect(write(writer, 'one\n')).rejects.toThrow('write /dev/full: error 28 (errno = 28)');
    expect(writer.writeSync(Buffer.from('one\n'))).toBe(0);
    writer.close();
  });

  test('under way is waited for by settleSync', async () => {
    const path = join(scratchDirectory(), 'log');
    const writer = new FileWriter(path, strerror);
    expect(writer.settleSync()).toBe(0);
    const written = write(writer, 'one\n');
    expect(writer.settleSync()).toBe(4);
    expect(readFileSync(path, 'latin1')).toBe('one\n');
    expect(writer.writeSync(Buffer.from('two\n'))).toBe(4);
    expect(readFileSync(path, 'latin1')).toBe('one\ntwo\n');
    await written;
    writer.close();
  });

  test('that waits for a look is taken back by settleSync', async () => {
    const path = join(scratchDirectory(), 'log');
    const { writer } = watched(path);
    later();
    const written = write(writer, 'one\n');
    expect(writer.settleSync()).toBe(0);
    expect(await written).toBe(0);
    expect(readFileSync(path, 'latin1')).toBe('');
    writer.close();
  });

  test('that does not land is given up by settleSync', async () => {
    const writer = new FileWriter('/dev/null', strerror);
    const written = write(writer, 'one\n');
    expect(writer.settleSync()).toBe(0);
    await written;
    writer.close();
  });

  test('under way survives close', async () => {
    const path = join(scratchDirectory(), 'log');
    const writer = new FileWriter(path, strerror);
    const written = write(writer, 'one\n');
    writer.close();
    expect(await written).toBe(4);
    expect(readFileSync(path, 'latin1')).toBe('one\n');
  });
});
