import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { scratchDirectory } from './files.ts';
import { bench, file, read, service, STAMP, start } from './logs.ts';

describe('a log that fell silent', () => {
  test('speaks again in a new file', async () => {
    const path = join(scratchDirectory(), 'log');
    writeFileSync(path, 'x'.repeat(50));
    const { logs } = bench();
    const log = logs.open(service('ftp', file(path, 20, 40)));
    renameSync(path, `${path}.1`);
    const [seconds, nanoseconds] = process.hrtime();
    vi.spyOn(process, 'hrtime').mockReturnValue([seconds + 1, nanoseconds]);
    onTestFinished(() => void vi.restoreAllMocks());
    log.record([start('ftp')]);
    await vi.waitUntil(() => existsSync(path));
    log.record([start('ftp')]);
    await logs.drain();
    expect(read(path)).toBe(`${STAMP}START: ftp pid=5\n`);
  });
});

describe('a link in the place of a log', () => {
  test('is reported, and lines wait until it is gone', async () => {
    const path = join(scratchDirectory(), 'log');
    symlinkSync('/nonexistent', path);
    const { logs, reports } = bench();
    const log = logs.open(service('ftp', file(path)));
    expect(reports).toEqual([
      `error: ftp log waits until no link or FIFO is in its way: open( ${path} ) failed: error 40 (errno = 40)`,
    ]);
    log.record([start('ftp')]);
    rmSync(path);
    await logs.drain();
    expect(read(path)).toBe(`${STAMP}START: ftp pid=5\n`);
  });

  test('later on leaves the log in its old file', async () => {
    const directory = join(scratchDirectory(), 'logs');
    mkdirSync(directory);
    const { logs, reports } = bench();
    const log = logs.open(service('ftp', file(join(directory, 'log'))));
    rmSync(directory, { recursive: true });
    const [seconds, nanoseconds] = process.hrtime();
    vi.spyOn(process, 'hrtime').mockReturnValue([seconds + 1, nanoseconds]);
    onTestFinished(() => void vi.restoreAllMocks());
    log.record([start('ftp')]);
    await logs.drain();
    expect(reports).toEqual([
      `error: ftp log stays in its old file: open( ${join(directory, 'log')} ) failed: error 2 (errno = 2)`,
    ]);
  });
});

describe('reopening', () => {
  test('goes on in a fresh file', async () => {
    const path = join(scratchDirectory(), 'log');
    const { logs } = bench();
    const log = logs.open(service('ftp', file(path)));
    log.record([start('ftp')]);
    await logs.drain();
    renameSync(path, `${path}.1`);
    logs.reopen();
    log.record([start('ftp')]);
    await logs.drain();
    expect([read(`${path}.1`), read(path)]).toEqual([`${STAMP}START: ftp pid=5\n`, `${STAMP}START: ftp pid=5\n`]);
  });

  test('that fails is reported and keeps the old file', () => {
    const directory = join(scratchDirectory(), 'logs');
    mkdirSync(directory);
    const { logs, reports } = bench();
    logs.open(service('ftp', file(join(directory, 'log'))));
    rmSync(directory, { recursive: true });
    logs.reopen();
    expect(reports).toEqual(['error: reopening of ftp log failed: error 2 (errno = 2)']);
  });
});

describe('a log that cannot be written', () => {
  test('is reported once and counts what is lost', async () => {
    const { logs, reports } = bench();
    const log = logs.open(service('ftp', file('/dev/full')));
    log.record([start('ftp'), start('ftp')]);
    log.close();
    await logs.drain();
    expect(reports).toEqual([
      'error: writing to ftp log failed: error 28 (errno = 28)',
      'warning: 2 line(s) of ftp log were lost',
    ]);
  });

  test('is reported when standard output is gone', async () => {
    const { logs, reports, stdout } = bench();
    stdout.destroy(new Error('EPIPE'));
    logs.open(service('ftp', { kind: 'stdout' })).record([start('ftp')]);
    await new Promise((resolve) => {
      setImmediate(() => setImmediate(resolve));
    });
    logs.flushSync();
    expect(reports[0]).toMatch(/^error: writing to stdout log failed: /u);
  });
});
