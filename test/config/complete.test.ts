import { describe, expect, test } from 'vitest';
import { codesOf, configOf, loadText, onlyService, serviceText } from '../support/load-text.ts';

const codes = (...lines: readonly string[]): readonly string[] => codesOf(loadText(serviceText(lines)));
const flags = (...lines: readonly string[]): readonly string[] => configOf(lines).flags;

describe('the server', () => {
  test('must be named', () => {
    expect(codes('server = -')).toEqual(['XC200']);
  });

  test('is not needed by internal and redirected services', () => {
    expect(loadText(serviceText(['server = -', 'redirect = 127.0.0.1 80'])).services).toHaveLength(1);
    expect(loadText(serviceText(['server = -', 'type = INTERNAL UNLISTED'], 'echo')).services).toHaveLength(1);
  });

  test('gets its name from server_args with NAMEINARGS, in any order', () => {
    expect(codes('flags = NAMEINARGS')).toEqual(['XC201']);
    expect(configOf(['server_args = cat -u', 'flags = NAMEINARGS']).server_args).toEqual(['cat', '-u']);
  });
});

describe('the id', () => {
  test('is the name unless given', () => {
    expect(configOf([]).id).toBe('t1');
    expect(configOf(['id = other']).id).toBe('other');
  });
});

describe('the user', () => {
  test('is that of the world where nobody says', () => {
    const change = { fallbackUser: { name: 'nobody', uid: 65_534, gid: 65_534 } };
    expect(configOf(['user = -'], change).user?.name).toBe('nobody');
    expect(configOf(['user = root'], change).user?.name).toBe('root');
  });
});

describe('the family', () => {
  test.each([
    [[], ['IPv6']],
    [['flags = IPv4'], ['IPv4']],
    [['bind = 127.0.0.1'], ['IPv4']],
    [['bind = ::1'], ['IPv6']],
    [['bind = localhost'], ['IPv6']],
    [
      ['bind = localhost', 'flags = IPv4 NODELAY'],
      ['NODELAY', 'IPv4'],
    ],
  ])('of %j is %j', (lines, result) => {
    expect(flags(...lines)).toEqual(result);
  });

  test('of a name chooses among its addresses', () => {
    expect(configOf(['bind = localhost', 'flags = IPv4']).bind?.address).toBe('127.0.0.1');
    expect(configOf(['bind = localhost']).bind?.address).toBe('::1');
  });

  test('is IPv6 for both flags, with a notice', () => {
    expect(codes('flags = IPv4 IPv6')).toEqual(['XC205']);
    expect(flags('flags = IPv4 IPv6')).toEqual(['IPv6']);
    expect(flags('flags = IPv4 IPv6', 'bind = 127.0.0.1')).toEqual(['IPv4']);
  });

  test.each([
    [['flags = IPv6', 'bind = 127.0.0.1'], 'write "flags = IPv4"'],
    [['flags = IPv4', 'bind = ::1'], 'write "flags = IPv6"'],
  ])('of %j contradicts the address', (lines, hint) => {
    expect(loadText(serviceText(lines)).diagnostics).toMatchObject([{ code: 'XC206', hint }]);
  });
});

describe('protocol and socket type', () => {
  test.each([
    [['socket_type = stream'], ['stream', 'tcp']],
    [
      ['socket_type = dgram', 'wait = yes'],
      ['dgram', 'udp'],
    ],
    [
      ['socket_type = -', 'protocol = tcp'],
      ['stream', 'tcp'],
    ],
    [
      ['socket_type = -', 'protocol = udp', 'wait = yes'],
      ['dgram', 'udp'],
    ],
  ])('of %j are %j', (lines, result) => {
    const { socket_type, protocol } = configOf(lines);
    expect([socket_type, protocol.name]).toEqual(result);
  });

  test('come from the well-known numbers when the name file is empty', () => {
    const change = { lookupProtocol: () => undefined };
    expect(configOf(['socket_type = stream'], change).protocol.number).toBe(6);
    expect(configOf(['socket_type = dgram', 'wait = yes'], change).protocol.number).toBe(17);
  });
});

describe('the port', () => {
  const listed = (name: string, ...lines: readonly string[]) =>
    loadText(serviceText(['type = -', 'port = -', ...lines], name));

  test('of a listed service comes from the name file', () => {
    expect(onlyService(listed('ftp')).config.port).toBe(21);
  });

  test('of an unlisted service must be given', () => {
    expect(codes('port = -')).toEqual(['XC202']);
  });

  test('needs a protocol to be found', () => {
    expect(codesOf(listed('ftp', 'socket_type = raw'))).toEqual(['XC203']);
  });

  test('of an unknown name is a finding with a hint', () => {
    expect(listed('ftpp').diagnostics).toMatchObject([
      { code: 'XC204', hint: 'did you mean "ftp"? or add "type = UNLISTED" and "port = NUMBER"' },
    ]);
    expect(listed('tftp').diagnostics[0]?.hint).toBe('add "type = UNLISTED" and "port = NUMBER"');
    expect(listed('zzzzzzzz').diagnostics[0]?.hint).toBe('add "type = UNLISTED" and "port = NUMBER"');
  });

  test('is nothing to RPC and TCPMUX services', () => {
    const rpc = onlyService(listed('rusersd', 'type = RPC', 'rpc_version = 2'));
    expect([rpc.config.port, rpc.config.rpc_number]).toEqual([0, 100_002]);
    expect(onlyService(listed('x', 'type = TCPMUX UNLISTED')).config.port).toBe(0);
  });
});
