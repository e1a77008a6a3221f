import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ipv4 } from '../policy/facts.ts';
import { scratchDirectory } from './files.ts';
import { bench, file, NOW, read, service, STAMP, start } from './logs.ts';

describe('a service log', () => {
  test('in a file has a stamp on every line', async () => {
    const path = join(scratchDirectory(), 'log');
    const { logs } = bench();
    const log = logs.open(service('ftp', file(path)));
    log.record([
      start('ftp'),
      { kind: 'fail', id: 'ftp', reason: 'load', source: undefined, requestNumber: 8 },
      start('ftp'),
    ]);
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

  test('on standard error has a stamp', async () => {
    const { logs, stderr } = bench();
    logs.open(service('ftp', { kind: 'stderr' })).record([start('ftp')]);
    await logs.drain();
    expect(String(stderr.read())).toBe(`${STAMP}START: ftp pid=5\n`);
  });

  test.each([
    ['/dev/stdout', 'stdout'],
    ['/proc/self/fd/1', 'stdout'],
    ['/dev/stderr', 'stderr'],
  ] as const)('in the file %s goes to that stream', async (path, stream) => {
    const { logs, ...streams } = bench();
    logs.open(service('ftp', file(path))).record([start('ftp')]);
    await logs.drain();
    expect(String(streams[stream].read())).toBe(`${STAMP}START: ftp pid=5\n`);
  });

  test('in the journal has fields', async () => {
    const { logs, datagrams } = bench();
    const log = logs.open(service('ftp', { kind: 'journal' }));
    log.record([start('ftp'), { ...start('ftp'), isForForm: true }]);
    log.close();
    await logs.drain();
    logs.flushSync();
    expect(datagrams).toEqual([
      'MESSAGE=START: ftp pid=5\nPRIORITY=6\nSYSLOG_FACILITY=3\nSYSLOG_IDENTIFIER=xinetd\n' +
        'XINETD_EVENT=start\nXINETD_SERVICE=ftp\nXINETD_CONNECTION=1-8\nXINETD_PID=5\n',
    ]);
  });

  test('in JSON is one object a line, without a stamp in front', async () => {
    const { logs, stdout } = bench();
    const log = logs.open(service('ftp', { kind: 'stdout' }, 'service', { log_format: 'json' }));
    log.record([{ kind: 'traffic', id: 'ftp', source: undefined, requestNumber: 8, inBytes: 1, outBytes: 2 }]);
    log.record([start('ftp')]);
    await logs.drain();
    const time = new Date(NOW).toISOString();
    expect(String(stdout.read())).toBe(
      `{"time":"${time}","event":"start","service":"ftp","connection":"1-8","pid":5}\n`,
    );
  });

  test('writes addresses as log_address says', async () => {
    const { logs, stdout } = bench();
    const more = { log_on_success: ['HOST'], log_address: 'prefix' } as const;
    const log = logs.open(service('ftp', { kind: 'stdout' }, 'service', more));
    log.record([{ kind: 'start', id: 'ftp', pid: 5, source: ipv4('192.0.2.1'), requestNumber: 8 }]);
    await logs.drain();
    expect(String(stdout.read())).toBe(`${STAMP}START: ftp from=192.0.2.0/24\n`);
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

describe('a log that is opened again', () => {
  test('as after a reload is the same, with what waits', async () => {
    const path = join(scratchDirectory(), 'log');
    const { logs } = bench();
    const before = logs.open(service('ftp', file(path)));
    before.record([start('ftp')]);
    const after = logs.open(service('ftp', file(path)));
    before.close();
    before.close();
    after.record([start('ftp')]);
    await logs.drain();
    expect(read(path).split('\n')).toHaveLength(3);
    after.close();
  });

  test('with other limits is another', () => {
    const path = join(scratchDirectory(), 'log');
    writeFileSync(path, 'x'.repeat(50));
    const { logs, reports } = bench();
    logs.open(service('ftp', file(path)));
    logs.open(service('ftp', file(path, 10, 20)));
    expect(reports).toHaveLength(2);
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
