import { describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../src/audit/event.ts';
import { compileFormat } from '../../src/audit/format.ts';
import type { EventFormat } from '../../src/audit/format.ts';
import type { LogFlags } from '../../src/audit/lines.ts';
import { ipv4, mapped } from '../policy/facts.ts';

const NOTHING: LogFlags = { log_on_success: [], log_on_failure: [] };
const EVERYTHING: LogFlags = {
  log_on_success: ['HOST', 'DURATION', 'EXIT', 'PID', 'USERID', 'TRAFFIC'],
  log_on_failure: ['HOST', 'ATTEMPT', 'USERID'],
};

const REQUEST = { id: 'ftp', source: ipv4('192.0.2.1'), requestNumber: 8 };
const START: AuditEvent = { ...REQUEST, kind: 'start', pid: 7 };
const EXIT: AuditEvent = { ...REQUEST, kind: 'exit', pid: 7, end: { status: 3 }, durationMs: 12_999 };
const FAIL: AuditEvent = { ...REQUEST, kind: 'fail', reason: 'address', source: mapped('192.0.2.1') };
const USERID: AuditEvent = { ...REQUEST, kind: 'userid', text: 'UNIX : alice' };
const NOID: AuditEvent = { ...REQUEST, kind: 'noid', result: 'no server' };
const TRAFFIC: AuditEvent = { ...REQUEST, kind: 'traffic', inBytes: 0, outBytes: 3 };
const ALL = [START, EXIT, FAIL, USERID, NOID, TRAFFIC];

function formatFor(flags: LogFlags): EventFormat {
  return compileFormat(flags, { address: ({ text }) => text, showsPort: true });
}

function success(...log_on_success: LogFlags['log_on_success'][number][]): LogFlags {
  return { ...NOTHING, log_on_success };
}

function failure(...log_on_failure: LogFlags['log_on_failure'][number][]): LogFlags {
  return { ...NOTHING, log_on_failure };
}

describe('a service log', () => {
  test('writes every line in full with every flag', () => {
    expect(ALL.map(formatFor(EVERYTHING))).toEqual([
      'START: ftp pid=7 from=192.0.2.1',
      'EXIT: ftp status=3 pid=7 duration=12(sec)',
      'FAIL: ftp address from=::ffff:192.0.2.1',
      'USERID: ftp UNIX : alice',
      'NOID: ftp 192.0.2.1 no server',
      'TRAFFIC: ftp in=0(bytes) out=3(bytes)',
    ]);
  });

  test('writes NOID alone without flags', () => {
    expect(ALL.map(formatFor(NOTHING)).filter((line) => line !== undefined)).toEqual(['NOID: ftp 192.0.2.1 no server']);
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
    expect(formatFor(flags)(START)).toBe(line);
  });

  test('says when the address is unknown', () => {
    expect(formatFor(success('HOST'))({ ...START, source: undefined })).toBe('START: ftp from=<no address>');
  });
});

describe('EXIT', () => {
  test.each<[LogFlags, string | undefined]>([
    [success('EXIT'), 'EXIT: ftp status=3'],
    [success('DURATION'), 'EXIT: ftp duration=12(sec)'],
    [success('EXIT', 'HOST', 'PID'), 'EXIT: ftp status=3 pid=7'],
    [success('PID', 'HOST'), undefined],
  ])('with %j', (flags, line) => {
    expect(formatFor(flags)(EXIT)).toBe(line);
  });

  test('names the signal that ended the server', () => {
    expect(formatFor(success('EXIT'))({ ...EXIT, end: { signal: 15 } })).toBe('EXIT: ftp signal=15');
  });
});

describe('FAIL', () => {
  test.each<[LogFlags, string | undefined]>([
    [failure('ATTEMPT'), 'FAIL: ftp address'],
    [failure('USERID'), 'FAIL: ftp address'],
    [failure('HOST'), 'FAIL: ftp address from=::ffff:192.0.2.1'],
    [success('HOST'), undefined],
  ])('with %j', (flags, line) => {
    expect(formatFor(flags)(FAIL)).toBe(line);
  });
});

describe('USERID', () => {
  test('is asked for by either list', () => {
    expect(formatFor(failure('USERID'))(USERID)).toBe('USERID: ftp UNIX : alice');
    expect(formatFor(success('USERID'))(USERID)).toBe('USERID: ftp UNIX : alice');
    expect(formatFor(failure('HOST'))(USERID)).toBeUndefined();
  });

  test('cannot forge a line', () => {
    const text = 'UNIX : eve\nSTART: ftp \x1b[2J\x7f\xe9%m';
    expect(formatFor(EVERYTHING)({ ...USERID, text })).toBe(
      'USERID: ftp UNIX : eve\\x0aSTART: ftp \\x1b[2J\\x7f\\xe9%m',
    );
  });
});

describe('addresses', () => {
  test('are written in the form of the service', () => {
    const format = compileFormat(EVERYTHING, { address: ({ plain }) => `<${plain}>`, showsPort: false });
    expect([START, EXIT, FAIL, NOID].map(format)).toEqual([
      'START: ftp pid=7 from=<192.0.2.1>',
      'EXIT: ftp status=3 pid=7 duration=12(sec)',
      'FAIL: ftp address from=<192.0.2.1>',
      'NOID: ftp <192.0.2.1> no server',
    ]);
  });
});

/** The patterns of fail2ban's xinetd-fail filter and of logwatch's secure script, as facts about what they look for. */
describe('programs that read the log', () => {
  const FAIL2BAN = [/^FAIL: \S+ address from=(\S+)$/, /^FAIL: \S+ libwrap from=(\S+)$/];
  const LOGWATCH_START = /^START: ([^ ]+) pid=\d+ from=(.+)$/;
  const LOGWATCH_FAIL =
    /^FAIL: (.+) (?:address|libwrap|service_limit|connections per second) from=(\d+\.\d+\.\d+\.\d+)/;
  const plain = compileFormat(EVERYTHING, { address: (source) => source.plain, showsPort: true });

  test.each([
    ['address', FAIL2BAN[0]],
    ['libwrap', FAIL2BAN[1]],
    ['address', LOGWATCH_FAIL],
    ['libwrap', LOGWATCH_FAIL],
    ['service_limit', LOGWATCH_FAIL],
    ['connections per second', LOGWATCH_FAIL],
  ] as const)('find the caller of a FAIL line by %s', (reason, pattern) => {
    expect(pattern?.exec(plain({ ...FAIL, reason }) ?? '')?.at(-1)).toBe('192.0.2.1');
  });

  test('find service and caller of a START line', () => {
    expect(LOGWATCH_START.exec(formatFor(EVERYTHING)(START) ?? '')?.slice(1)).toEqual(['ftp', '192.0.2.1']);
  });
});
