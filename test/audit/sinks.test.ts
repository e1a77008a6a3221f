import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.ts';
import { createAuditLogs } from '../../src/audit/sinks.ts';
import type { AuditLogs } from '../../src/audit/sinks.ts';
import { SyslogChannel } from '../../src/audit/syslog.ts';
import type { LogTarget } from '../../src/config/attributes/values.ts';
import type { Origin, Service } from '../../src/config/service.ts';
import { serviceWith } from '../policy/facts.ts';
import { scratchDirectory, strerror } from './files.ts';

const NOW = new Date(2026, 10, 20, 23, 43, 4).getTime();
const STAMP = '26/11/20@23:43:04: ';

interface Bench {
  readonly logs: AuditLogs;
  readonly reports: string[];
  readonly datagrams: string[];
  readonly stdout: PassThrough;
}

function bench(): Bench {
  const reports: string[] = [];
  const datagrams: string[] = [];
  const stdout = new PassThrough();
  const port = {
    open: () => 9,
    send: (_fd: number, bytes: Uint8Array) => datagrams.push(Buffer.from(bytes).toString('latin1')),
    close: () => undefined,
  };
  const syslog = new SyslogChannel({ port, tag: 'xinetd', pid: 1, nowMs: () => NOW, onDropped: () => undefined });
  const logs = createAuditLogs({
    report: (level, _func, text) => reports.push(`${level}: ${text}`),
    syslog,
    stdout: Object.assign(stdout, { fd: -1 }),
    strerror,
    nowMs: () => NOW,
  });
  return { logs, reports, datagrams, stdout };
}

function service(id: string, log_type: LogTarget | undefined, from: Origin['from'] = 'service'): Service {
  return serviceWith({ id, log_type, log_on_success: ['PID'], log_on_failure: [] }, { log_type: { from } });
}

function file(path: string, softBytes = 0, hardBytes = 0): LogTarget {
  return { kind: 'file', path, softBytes, hardBytes };
}

function start(id: string): AuditEvent {
  return { kind: 'start', id, pid: 5, source: undefined };
}

function read(path: string): string {
  return readFileSync(path, 'latin1');
}

describe('a service log', () => {
  test('in a file has a stamp on every line', async () => {
    const path = join(scratchDirectory(), 'log');
    const { logs } = bench();
    const log = logs.open(service('ftp', file(path)));
    log.record([start('ftp'), { kind: 'fail', id: 'ftp', reason: 'load', source: undefined }, start('ftp')]);
    await logs.drain();
    expect(read(path)).toBe(`${STAMP}START: ftp pid=5\n${STAMP}START: ftp pid=5\n`);
    log.close();
  });

  test('in syslog has facility and level', () => {
    const { logs, datagrams } = bench();
    const log = logs.open(service('ftp', { kind: 'syslog', facility: 'authpriv', level: 'info' }));
    log.record([start('ftp')]);
    log.close();
    expect(datagrams).toEqual(['<86>Nov 20 23:43:04 xinetd[1]: START: ftp pid=5']);
  });

  test('on standard output has a stamp', async () => {
    const { logs, stdout } = bench();
    const log = logs.open(service('ftp', { kind: 'stdout' }));
    log.record([start('ftp')]);
    log.close();
    logs.open(service('ssh', { kind: 'stdout' })).record([start('ssh')]);
    await logs.drain();
    expect(String(stdout.read())).toBe(`${STAMP}START: ftp pid=5\n${STAMP}START: ssh pid=5\n`);
  });

  test('is silent without log_type', () => {
    const log = bench().logs.open(service('ftp', undefined));
    expect(() => {
      log.record([start('ftp')]);
      log.close();
    }).not.toThrow();
  });

  test('cannot be opened where its file cannot', () => {
    expect(() => bench().logs.open(service('ftp', file('/nonexistent/log')))).toThrow('error 2');
  });

  test('lands before the process ends', () => {
    const path = join(scratchDirectory(), 'log');
    const { logs } = bench();
    logs.open(service('ftp', file(path))).record([start('ftp')]);
    logs.flushSync();
    expect(read(path)).toBe(`${STAMP}START: ftp pid=5\n`);
  });

  test('lands when closed at once', async () => {
    const path = join(scratchDirectory(), 'log');
    const { logs } = bench();
    const log = logs.open(service('ftp', file(path)));
    log.record([start('ftp')]);
    log.close();
    log.close();
    await logs.drain();
    expect(read(path)).toBe(`${STAMP}START: ftp pid=5\n`);
    logs.open(service('ssh', file(path))).close();
  });
});

describe('the common log', () => {
  test('is one file for all and closes with the last', async () => {
    const path = join(scratchDirectory(), 'log');
    const { logs, reports } = bench();
    const [first, second] = ['a', 'b'].map((id) => logs.open(service(id, file(path, 10, 60), 'defaults')));
    first?.record([start('a')]);
    first?.close();
    second?.record([start('b')]);
    await logs.drain();
    expect(read(path).match(/START: ./gu)).toEqual(['START: a', 'START: b']);
    expect(reports).toEqual([
      "warning: soft limit exceeded on 'common'",
      'error: Size of common log exceeded hard limit',
    ]);
    second?.record([start('b')]);
    second?.close();
    await logs.drain();
    expect(read(path).split('\n')).toHaveLength(3);
  });
});

describe('the limits of a log', () => {
  test('silence it until it is reopened', async () => {
    const path = join(scratchDirectory(), 'log');
    writeFileSync(path, 'x'.repeat(50));
    const { logs, reports } = bench();
    const log = logs.open(service('ftp', file(path, 20, 40)));
    log.record([start('ftp')]);
    await logs.drain();
    expect(read(path)).toHaveLength(50);
    expect(reports).toEqual(["warning: soft limit exceeded on 'ftp'", 'error: Size of ftp log exceeded hard limit']);
    rmSync(path);
    logs.reopen();
    log.record([start('ftp')]);
    await logs.drain();
    expect(read(path)).toBe(`${STAMP}START: ftp pid=5\n`);
  });
});

describe('a log that fell silent', () => {
  test('speaks again in a new file', async () => {
    const path = join(scratchDirectory(), 'log');
    writeFileSync(path, 'x'.repeat(50));
    const { logs } = bench();
    const log = logs.open(service('ftp', file(path, 20, 40)));
    renameSync(path, `${path}.1`);
    const lateMs = performance.now() + 1000;
    vi.spyOn(performance, 'now').mockReturnValue(lateMs);
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
    const lateMs = performance.now() + 1000;
    vi.spyOn(performance, 'now').mockReturnValue(lateMs);
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
