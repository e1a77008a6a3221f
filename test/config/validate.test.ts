import { describe, expect, test } from 'vitest';
import type { ConfigPorts } from '../../src/config/ports.ts';
import { codesOf, configOf, loadText, serviceText } from '../support/load-text.ts';

const codes = (lines: readonly string[], name = 't1', change: Partial<ConfigPorts> = {}): readonly string[] =>
  codesOf(loadText(serviceText(lines, name), change));

describe('a duplicate', () => {
  const pair = (first: readonly string[], second: readonly string[]) =>
    loadText(serviceText(first) + serviceText(second));

  test.each([
    [['bind = 127.0.0.1', 'id = a'], ['bind = 127.0.0.1', 'id = b'], 'XC210'],
    [['bind = 127.0.0.1', 'id = a'], ['id = b'], 'XC210'],
    [['bind = 127.0.0.1', 'id = a'], ['bind = 127.0.0.1', 'id = A'], 'XC211'],
  ])('of %j is %j', (first, second, code) => {
    const loaded = pair(first, second);
    expect(codesOf(loaded)).toEqual([code]);
    expect(loaded.services).toHaveLength(1);
  });

  test('without bind stays, with a word to people', () => {
    const loaded = pair(['id = a'], ['id = b']);
    expect(codesOf(loaded)).toEqual(['XC241']);
    expect(loaded.services).toHaveLength(2);
  });

  test.each([
    [['bind = 127.0.0.1'], ['bind = 127.0.0.2']],
    [['port = 40001'], ['port = 40002']],
    [['socket_type = stream'], ['socket_type = dgram', 'wait = yes']],
    [['server = /no/such', 'bind = 127.0.0.1'], ['bind = 127.0.0.1']],
  ])('is not seen in %j and %j', (first, second) => {
    expect(codesOf(pair(first, second)).filter((code) => code >= 'XC209' && code < 'XC250')).toEqual([]);
  });

  test('of RPC services needs program and version', () => {
    const rpc = ['type = RPC UNLISTED', 'port = -', 'rpc_number = 5', 'bind = 127.0.0.1'];
    expect(codesOf(pair([...rpc, 'rpc_version = 1'], [...rpc, 'rpc_version = 1']))).toEqual(['XC211']);
    expect(codesOf(pair([...rpc, 'rpc_version = 1'], [...rpc, 'rpc_version = 2']))).toEqual([]);
  });

  test('cannot be a tcpmux service', () => {
    const mux = ['type = TCPMUX UNLISTED', 'port = -', 'bind = 127.0.0.1'];
    expect(pair([...mux, 'id = a'], [...mux, 'id = b']).services).toHaveLength(2);
  });
});

describe('a rule', () => {
  test.each([
    ['XC214', ['type = INTERNAL UNLISTED'], 't1'],
    ['XC214', ['type = INTERNAL UNLISTED', 'socket_type = -', 'protocol = -'], 'echo'],
    ['XC214', ['type = INTERNAL UNLISTED', 'socket_type = dgram', 'wait = yes'], 'tcpmux'],
    ['XC215', ['type = INTERNAL UNLISTED', 'flags = LABELED'], 'echo'],
    ['XC216', ['flags = LABELED', 'socket_type = dgram', 'wait = yes'], 't1'],
    ['XC217', ['flags = LABELED', 'wait = yes'], 't1'],
    ['XC218', ['flags = LABELED', 'server = -', 'redirect = 127.0.0.1 80'], 't1'],
    ['XC244', ['flags = LABELED'], 't1'],
    ['XC219', ['type = TCPMUX'], 't1'],
    ['XC220', ['type = TCPMUX UNLISTED', 'socket_type = dgram', 'wait = yes'], 't1'],
    ['XC221', ['type = RPC', 'rpc_version = 1'], 't1'],
    ['XC222', ['type = -', 'socket_type = raw'], 't1'],
    ['XC223', ['type = -'], 't1'],
    ['XC224', ['type = -'], 'ftp'],
    ['XC225', ['server = -', 'redirect = ::1 80', 'socket_type = dgram', 'wait = yes'], 't1'],
    ['XC226', ['server = -', 'redirect = ::1 80', 'wait = yes'], 't1'],
    ['XC227', ['flags = NAMEINARGS', 'server_args = x', 'redirect = ::1 80'], 't1'],
    ['XC229', ['type = INTERNAL UNLISTED', 'flags = NAMEINARGS'], 'echo'],
    ['XC231', ['socket_type = dgram'], 't1'],
    ['XC243', ['type = RPC UNLISTED', 'port = -', 'rpc_number = 5', 'rpc_version = 1-257'], 't1'],
  ])('refuses with %s: %j in %s', (code, lines, name) => {
    const loaded = loadText(serviceText(lines, name));
    expect(codesOf(loaded)).toEqual([code]);
    expect(loaded.leftOut).toMatchObject([{ why: 'error' }]);
  });

  test('accepts a listed service with its own port', () => {
    expect(codes(['type = -', 'port = 21'], 'ftp')).toEqual([]);
  });

  test('knows internal names in either case', () => {
    expect(codes(['type = INTERNAL UNLISTED'], 'ECHO')).toEqual([]);
  });
});

describe('INTERCEPT', () => {
  test.each([
    ['XC212', ['flags = INTERCEPT', 'type = INTERNAL UNLISTED', 'wait = yes'], 'echo'],
    ['XC213', ['flags = INTERCEPT'], 't1'],
  ])('is taken away with %s', (code, lines, name) => {
    const loaded = loadText(serviceText(lines, name));
    expect(codesOf(loaded)).toEqual([code]);
    expect(loaded.services[0]?.config.flags).toEqual(['IPv6']);
  });

  test.each(['only_from = 10.0.0.0/8', 'no_access = 10.0.0.1 loopback', 'only_from = localhost'])(
    'checks packets by %s',
    (line) => {
      expect(codesOf(loadText(serviceText(['flags = INTERCEPT', 'wait = yes', line])))).toEqual([]);
    },
  );

  test.each(['only_from = 10.0.0.1 .example', 'no_access = host.example'])('leaves out a service with %s', (line) => {
    const loaded = loadText(serviceText(['flags = INTERCEPT', 'wait = yes', line]));
    expect(loaded.services).toEqual([]);
    expect(codesOf(loaded)).toContain('XC242');
  });
});

describe('SENSOR', () => {
  test('makes a service internal', () => {
    expect(configOf(['flags = SENSOR']).type).toEqual(['INTERNAL', 'UNLISTED']);
  });
});

describe('TRAFFIC', () => {
  test('is taken away from what is not redirected', () => {
    expect(codes(['log_on_success = TRAFFIC PID'])).toEqual(['XC228']);
    expect(configOf(['log_on_success = TRAFFIC PID']).log_on_success).toEqual(['PID']);
  });

  test('in defaults is taken away in silence', () => {
    const loaded = loadText(`defaults\n{\n\tlog_on_success = TRAFFIC\n}\n${serviceText()}`);
    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.services[0]?.config.log_on_success).toEqual([]);
  });

  test('stays where it counts', () => {
    expect(configOf(['server = -', 'redirect = ::1 80', 'log_on_success = TRAFFIC']).log_on_success).toEqual([
      'TRAFFIC',
    ]);
  });
});

describe('required attributes', () => {
  const missing = (lines: readonly string[], change: Partial<ConfigPorts> = {}): readonly unknown[] =>
    loadText(serviceText(lines), change).diagnostics.map(({ args }) => args[1]);

  test.each([
    [['wait = -'], ['wait']],
    [['socket_type = -'], ['socket_type', 'protocol']],
    [
      ['user = -', 'wait = -'],
      ['wait', 'user'],
    ],
    [
      ['type = RPC UNLISTED', 'port = -', 'socket_type = -'],
      ['socket_type', 'protocol', 'rpc_version', 'rpc_number'],
    ],
    [['server = -', 'redirect = ::1 80', 'user = -'], ['user']],
  ])('missing in %j are %j', (lines, names) => {
    expect(missing(lines)).toEqual(names);
  });

  test('do not include user where the daemon is not root', () => {
    expect(missing(['user = -'], { effectiveUid: 1000 })).toEqual([]);
  });

  test('of internal services are few', () => {
    expect(codes(['type = INTERNAL UNLISTED', 'user = -', 'server = -'], 'echo')).toEqual([]);
  });
});

describe('the identity service', () => {
  test('asks nobody who they are', () => {
    const lines = ['type = -', 'port = 113', 'log_on_success = USERID PID', 'log_on_failure = USERID'];
    const loaded = loadText(serviceText(lines, 'auth'));
    expect(codesOf(loaded)).toEqual(['XC233', 'XC233']);
    expect(loaded.services[0]?.config).toMatchObject({ log_on_success: ['PID'], log_on_failure: [] });
  });

  test('is left alone without USERID', () => {
    expect(codes(['port = 113'])).toEqual([]);
  });
});

describe('access lists that cannot be checked', () => {
  test('are warned about', () => {
    expect(codes(['wait = yes', 'only_from = 10.0.0.1'])).toEqual(['XC240']);
    expect(codes(['wait = yes', 'no_access = 10.0.0.1'])).toEqual(['XC240']);
    expect(codes(['socket_type = raw', 'protocol = tcp', 'only_from = 10.0.0.1'])).toEqual(['XC240']);
    expect(codes(['socket_type = seqpacket', 'protocol = tcp', 'only_from = 10.0.0.1'])).toEqual(['XC240']);
    expect(codes(['wait = yes'])).toEqual([]);
  });
});
