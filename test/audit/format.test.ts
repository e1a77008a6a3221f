import { describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.ts';
import { compileFormat } from '../../src/audit/format.ts';
import type { LogFlags } from '../../src/audit/format.ts';
import { ipv4, mapped } from '../policy/facts.ts';

const NOTHING: LogFlags = { log_on_success: [], log_on_failure: [] };
const EVERYTHING: LogFlags = {
  log_on_success: ['HOST', 'DURATION', 'EXIT', 'PID', 'USERID', 'TRAFFIC'],
  log_on_failure: ['HOST', 'ATTEMPT', 'USERID'],
};

const START: AuditEvent = { kind: 'start', id: 'ftp', pid: 7, source: ipv4('192.0.2.1') };
const EXIT: AuditEvent = { kind: 'exit', id: 'ftp', pid: 7, end: { status: 3 }, durationSeconds: 12 };
const FAIL: AuditEvent = { kind: 'fail', id: 'ftp', reason: 'address', source: mapped('192.0.2.1') };
const USERID: AuditEvent = { kind: 'userid', id: 'ftp', text: 'UNIX : alice' };
const NOID: AuditEvent = { kind: 'noid', id: 'ftp', source: ipv4('192.0.2.1'), result: 'no server' };
const TRAFFIC: AuditEvent = { kind: 'traffic', id: 'ftp', inBytes: 0, outBytes: 3 };
const ALL = [START, EXIT, FAIL, USERID, NOID, TRAFFIC];

function success(...log_on_success: LogFlags['log_on_success'][number][]): LogFlags {
  return { ...NOTHING, log_on_success };
}

function failure(...log_on_failure: LogFlags['log_on_failure'][number][]): LogFlags {
  return { ...NOTHING, log_on_failure };
}

describe('a service log', () => {
  test('writes every line in full with every flag', () => {
    expect(ALL.map(compileFormat(EVERYTHING))).toEqual([
      'START: ftp pid=7 from=192.0.2.1',
      'EXIT: ftp status=3 pid=7 duration=12(sec)',
      'FAIL: ftp address from=::ffff:192.0.2.1',
      'USERID: ftp UNIX : alice',
      'NOID: ftp 192.0.2.1 no server',
      'TRAFFIC: ftp in=0(bytes) out=3(bytes)',
    ]);
  });

  test('writes NOID alone without flags', () => {
    expect(ALL.map(compileFormat(NOTHING)).filter((line) => line !== undefined)).toEqual([
      'NOID: ftp 192.0.2.1 no server',
    ]);
  });
});

describe('START', () => {
  test.each<[LogFlags, string | undefined]>([
    [success('PID'), 'START: ftp pid=7'],
    [success('HOST'), 'START: ftp from=192.0.2.1'],
    [success('EXIT'), 'START: ftp'],
    [success('TRAFFIC'), 'START: ftp'],
    [failure('HOST', 'ATTEMPT'), undefined],
  ])('with %j', (flags, line) => {
    expect(compileFormat(flags)(START)).toBe(line);
  });

  test('says when the address is unknown', () => {
    expect(compileFormat(success('HOST'))({ ...START, source: undefined })).toBe('START: ftp from=<no address>');
  });
});

describe('EXIT', () => {
  test.each<[LogFlags, string | undefined]>([
    [success('EXIT'), 'EXIT: ftp status=3'],
    [success('DURATION'), 'EXIT: ftp duration=12(sec)'],
    [success('EXIT', 'HOST', 'PID'), 'EXIT: ftp status=3 pid=7'],
    [success('PID', 'HOST'), undefined],
  ])('with %j', (flags, line) => {
    expect(compileFormat(flags)(EXIT)).toBe(line);
  });

  test('names the signal that ended the server', () => {
    expect(compileFormat(success('EXIT'))({ ...EXIT, end: { signal: 15 } })).toBe('EXIT: ftp signal=15');
  });
});

describe('FAIL', () => {
  test.each<[LogFlags, string | undefined]>([
    [failure('ATTEMPT'), 'FAIL: ftp address'],
    [failure('USERID'), 'FAIL: ftp address'],
    [failure('HOST'), 'FAIL: ftp address from=::ffff:192.0.2.1'],
    [success('HOST'), undefined],
  ])('with %j', (flags, line) => {
    expect(compileFormat(flags)(FAIL)).toBe(line);
  });
});

describe('USERID', () => {
  test('is asked for by either list', () => {
    expect(compileFormat(failure('USERID'))(USERID)).toBe('USERID: ftp UNIX : alice');
    expect(compileFormat(success('USERID'))(USERID)).toBe('USERID: ftp UNIX : alice');
    expect(compileFormat(failure('HOST'))(USERID)).toBeUndefined();
  });

  test('cannot forge a line', () => {
    const text = 'UNIX : eve\nSTART: ftp \x1b[2J\x7f\xe9%m';
    expect(compileFormat(EVERYTHING)({ ...USERID, text })).toBe(
      'USERID: ftp UNIX : eve\\x0aSTART: ftp \\x1b[2J\\x7f\\xe9%m',
    );
  });
});
