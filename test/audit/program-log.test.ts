import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createProgramLog } from '../../src/audit/program-log.ts';
import type { ProgramLog, ProgramLogTarget } from '../../src/audit/program-log.ts';
import { scratchDirectory, strerror } from './files.ts';

const NOW = new Date(2026, 10, 20, 23, 45, 59).getTime();

function open(target: ProgramLogTarget, datagrams: string[] = [], create = createProgramLog): ProgramLog {
  return create({
    target,
    tag: 'xinetd',
    pid: 99,
    nowMs: () => NOW,
    syslog: {
      open: () => 9,
      send: (_fd, bytes) => datagrams.push(Buffer.from(bytes).toString('latin1')),
      close: () => undefined,
    },
    strerror,
  });
}

function say(log: ProgramLog): void {
  log.log('critical', 'init_services', 'no services. Exiting...');
  log.log('error', 'f', 'bad\nthing \xe9');
  log.log('warning', 'f', 'Exiting...');
  log.log('notice', 'f', 'Started working: 1 available service');
  log.log('info', 'f', 'fine');
  log.log('debug', 'f', 'detail');
}

/** What the log writes to stderr while `act` runs. */
async function stderrOf(target: ProgramLogTarget): Promise<string> {
  let text = '';
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((bytes, ...rest) => {
    text += Buffer.from(bytes as Uint8Array).toString('latin1');
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  });
  const log = open(target);
  say(log);
  log.reopen();
  await log.drain();
  spy.mockRestore();
  return text;
}

const FILE_LINES = [
  '26/11/20@23:45:59 xinetd[99]: CRITICAL: 99 {init_services} no services. Exiting...',
  '26/11/20@23:45:59 xinetd[99]: ERROR: bad\\x0athing \xe9',
  '26/11/20@23:45:59 xinetd[99]: WARNING: Exiting...',
  '26/11/20@23:45:59 xinetd[99]: NOTICE: Started working: 1 available service',
  '26/11/20@23:45:59 xinetd[99]: INFO: fine',
  '26/11/20@23:45:59 xinetd[99]: DEBUG: detail',
  '',
].join('\n');

describe('the daemon log', () => {
  test('in syslog leaves the level to the priority', () => {
    const datagrams: string[] = [];
    const log = open({ kind: 'syslog', facility: 'daemon' }, datagrams);
    say(log);
    log.reopen();
    expect(datagrams).toEqual([
      '<26>Nov 20 23:45:59 xinetd[99]: 99 {init_services} no services. Exiting...',
      '<27>Nov 20 23:45:59 xinetd[99]: bad\\x0athing \xe9',
      '<28>Nov 20 23:45:59 xinetd[99]: Exiting...',
      '<29>Nov 20 23:45:59 xinetd[99]: Started working: 1 available service',
      '<30>Nov 20 23:45:59 xinetd[99]: fine',
      '<31>Nov 20 23:45:59 xinetd[99]: detail',
    ]);
  });

  test('in a file names level and pid', () => {
    const path = join(scratchDirectory(), 'log');
    const log = open({ kind: 'file', path });
    say(log);
    log.flushSync();
    expect(readFileSync(path, 'latin1')).toBe(FILE_LINES);
  });

  test('on stderr looks as in a file', async () => {
    expect(await stderrOf({ kind: 'stderr' })).toBe(FILE_LINES);
  });

  test('on a stderr that is the journal leaves time and name to it, and says the priority', async () => {
    expect(await stderrOf({ kind: 'journal' })).toBe(
      [
        '<2>99 {init_services} no services. Exiting...',
        '<3>bad\\x0athing \xe9',
        '<4>Exiting...',
        '<5>Started working: 1 available service',
        '<6>fine',
        '<7>detail',
        '',
      ].join('\n'),
    );
  });

  test('prints a line as it is', () => {
    const path = join(scratchDirectory(), 'log');
    const log = open({ kind: 'file', path });
    log.print('Service configuration: ftp');
    log.flushSync();
    expect(readFileSync(path, 'latin1')).toBe('Service configuration: ftp\n');
  });

  test('cannot be opened where its file cannot', () => {
    expect(() => open({ kind: 'file', path: '/nonexistent/log' })).toThrow('error 2');
  });

  test('reopens its file', () => {
    const path = join(scratchDirectory(), 'log');
    const log = open({ kind: 'file', path });
    log.log('info', 'f', 'one');
    log.flushSync();
    renameSync(path, `${path}.1`);
    log.reopen();
    log.log('info', 'f', 'two');
    log.flushSync();
    expect(readFileSync(path, 'latin1')).toBe('26/11/20@23:45:59 xinetd[99]: INFO: two\n');
  });
});

describe('the daemon log through winston', () => {
  test('writes the same lines in the same order', async () => {
    const path = join(scratchDirectory(), 'log');
    const log = open({ kind: 'file', path });
    log.log('info', 'f', 'before');
    const switched = log.useWinston();
    log.log('info', 'f', 'meanwhile');
    await switched;
    say(log);
    log.flushSync();
    const lines = readFileSync(path, 'latin1');
    const first = ['before', 'meanwhile'].map((text) => `26/11/20@23:45:59 xinetd[99]: INFO: ${text}\n`);
    expect(lines).toBe(first.join('') + FILE_LINES);
  });

  test('loses nothing of a burst', async () => {
    const path = join(scratchDirectory(), 'log');
    const log = open({ kind: 'file', path });
    await log.useWinston();
    for (let message = 0; message < 1000; message += 1) log.log('info', 'f', `message ${message}`);
    log.flushSync();
    expect(readFileSync(path, 'latin1').split('\n')).toHaveLength(1001);
  });
});

describe('the daemon log without winston', () => {
  test('says so and goes on', async () => {
    vi.doMock('winston/lib/winston/create-logger.js', () => {
      throw new Error('gone');
    });
    vi.resetModules();
    const { createProgramLog: create } = await import('../../src/audit/program-log.ts');
    const path = join(scratchDirectory(), 'log');
    const log = open({ kind: 'file', path }, [], create);
    await log.useWinston();
    log.log('info', 'f', 'after');
    log.flushSync();
    const [warning, after] = readFileSync(path, 'latin1').split('\n');
    expect(warning).toContain('WARNING: winston cannot be loaded: ');
    expect(after).toBe('26/11/20@23:45:59 xinetd[99]: INFO: after');
    vi.doUnmock('winston/lib/winston/create-logger.js');
  });
});
