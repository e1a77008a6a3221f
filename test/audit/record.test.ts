import { describe, expect, test } from 'vitest';
import type { AuditEvent, ExitEvent, StartEvent } from '../../src/audit/event.ts';
import type { LogFlags, Style } from '../../src/audit/lines.ts';
import { compileRecord, jsonLine } from '../../src/audit/record.ts';
import { sourceText } from '../../src/config/source.ts';
import { ipv4, mapped } from '../policy/facts.ts';

const NOTHING: LogFlags = { log_on_success: [], log_on_failure: [] };
const EVERYTHING: LogFlags = {
  log_on_success: ['HOST', 'DURATION', 'EXIT', 'PID', 'USERID', 'TRAFFIC'],
  log_on_failure: ['HOST', 'ATTEMPT', 'USERID'],
};
const FULL: Style = { address: ({ text }) => text, showsPort: true };
const RULE = sourceText('/etc/xinetd.d/ftp', 'service ftp\n{\n only_from = 10.0.0.1\n');

const REQUEST = { id: 'ftp', source: ipv4('192.0.2.1'), requestNumber: 8 };
const START: StartEvent = { ...REQUEST, kind: 'start', pid: 7 };
const EXIT: ExitEvent = {
  ...REQUEST,
  kind: 'exit',
  pid: 7,
  end: { status: 3 },
  durationMs: 1234.5678,
  cpuMicroseconds: 4321,
};
const FAIL: AuditEvent = {
  ...REQUEST,
  kind: 'fail',
  reason: 'connections per second',
  source: mapped('192.0.2.1'),
  by: 'access',
  rule: { source: RULE, start: 27, end: 35 },
};
const USERID: AuditEvent = { ...REQUEST, kind: 'userid', text: 'UNIX : alice' };
const NOID: AuditEvent = { ...REQUEST, kind: 'noid', result: 'no server' };
const TRAFFIC: AuditEvent = { ...REQUEST, kind: 'traffic', inBytes: 0, outBytes: 3 };
const ALL: readonly AuditEvent[] = [START, EXIT, FAIL, USERID, NOID, TRAFFIC];

const PORT = REQUEST.source.port;
const COMMON = { service: 'ftp', connection: '99-8' };
const FROM = { from: '192.0.2.1', port: PORT };

describe('a record', () => {
  test('names the proxy that has named the caller', () => {
    const event = { ...START, source: { ...REQUEST.source, via: '10.0.0.5' } };
    expect(compileRecord(EVERYTHING, FULL, 99)(event)).toMatchObject({ ...FROM, via: '10.0.0.5' });
  });

  test('has every field with every flag', () => {
    expect(ALL.map(compileRecord(EVERYTHING, FULL, 99))).toEqual([
      { ...COMMON, event: 'start', pid: 7, ...FROM },
      { ...COMMON, event: 'exit', status: 3, pid: 7, duration: 1.235, cpu: 0.004321, ...FROM },
      {
        ...COMMON,
        event: 'fail',
        reason: 'connections_per_second',
        by: 'access',
        rule: '/etc/xinetd.d/ftp:3',
        from: '::ffff:192.0.2.1',
        port: PORT,
      },
      { ...COMMON, event: 'userid', user: 'UNIX : alice' },
      { ...COMMON, event: 'noid', result: 'no server', ...FROM },
      { ...COMMON, event: 'traffic', in: 0, out: 3 },
    ]);
  });

  test('exists where a line does', () => {
    expect(ALL.map(compileRecord(NOTHING, FULL, 99)).map((record) => record?.['event'])).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'noid',
      undefined,
    ]);
  });

  test('leaves out what the flags do not ask for', () => {
    const flags: LogFlags = { ...NOTHING, log_on_success: ['EXIT'] };
    expect([START, EXIT].map(compileRecord(flags, FULL, 99))).toEqual([
      { ...COMMON, event: 'start' },
      { ...COMMON, event: 'exit', status: 3 },
    ]);
  });

  test('does not exist for lines that are there for form', () => {
    const forForm: AuditEvent[] = [
      { ...START, isForForm: true },
      { ...EXIT, isForForm: true },
    ];
    expect(forForm.map(compileRecord(EVERYTHING, FULL, 99))).toEqual([undefined, undefined]);
  });

  test('leaves out what is not known', () => {
    const record = compileRecord(EVERYTHING, FULL, 99);
    expect(record({ ...START, source: undefined })).toEqual({ ...COMMON, event: 'start', pid: 7 });
    expect(record({ ...EXIT, end: { signal: 9 }, cpuMicroseconds: undefined })).toMatchObject({
      signal: 9,
      cpu: undefined,
    });
  });

  test('has no port where the address is hidden', () => {
    const hidden: Style = { address: () => '#1', showsPort: false };
    expect(compileRecord(EVERYTHING, hidden, 99)(START)).toEqual({
      ...COMMON,
      event: 'start',
      pid: 7,
      from: '#1',
      port: undefined,
    });
  });
});

describe('a line of JSON', () => {
  test('has the time first and leaves out what is undefined', () => {
    expect(jsonLine({ event: 'start', pid: 7, port: undefined }, 0)).toBe(
      '{"time":"1970-01-01T00:00:00.000Z","event":"start","pid":7}',
    );
  });

  test.each([
    ['a "quoted" \\ word', 'a "quoted" \\ word'],
    ['two\nlines\x1b[2J\x7f', 'two\nlines\x1b[2J\x7f'],
    ['\xc3\xa9t\xc3\xa9', 'été'],
    ['\xf0\x9f\x90\x9f', '🐟'],
    ['\xff', '\ufffd'],
  ])('keeps %j readable and itself printable', (bytes, text) => {
    const line = jsonLine({ user: bytes }, 0);
    expect(line).toMatch(/^[\x20-\x7e]*$/u);
    expect(JSON.parse(line)).toMatchObject({ user: text });
  });
});
