import { describe, expect, test } from 'vitest';

import type { Loss } from '../../../src/cli/convert/losses.ts';
import { unitsOf } from '../../../src/cli/convert/units.ts';
import type { Conversion } from '../../../src/cli/convert/units.ts';
import { defaultsText, loadText, onlyService, serviceText } from '../../support/load-text.ts';

function convert(lines: readonly string[], text = serviceText(lines), groups: readonly number[] = [0]): Conversion {
  return unitsOf(onlyService(loadText(text)), { unit: 't1', origin: 'From x.', groupsOf: () => groups });
}

function unitsFor(...lines: readonly string[]): Extract<Conversion, { kind: 'units' }> {
  const conversion = convert(lines);
  if (conversion.kind === 'refused') throw new Error(conversion.reason);
  return conversion;
}

/** The text of the units, without head and description. */
function linesFor(...lines: readonly string[]): readonly string[] {
  return unitsFor(...lines).files.flatMap(({ name, text }) => [
    name,
    ...text.split('\n').filter((each) => /^\w+=./.test(each)),
  ]);
}

const lossesFor = (...lines: readonly string[]): readonly string[] => unitsFor(...lines).losses.map(shown);
const shown = ({ attribute, value, opens }: Loss): string => `${attribute} = ${value}${opens ? ' !' : ''}`;

describe('a service for each connection', () => {
  test('becomes an accepting socket and a template', () => {
    expect(linesFor('server_args = -u $x', 'instances = 5', 'per_source = 2')).toEqual([
      't1.socket',
      'Description=t1, as xinetd served it',
      'ListenStream=[::]:40001',
      'BindIPv6Only=both',
      'Accept=yes',
      'MaxConnections=5',
      'MaxConnectionsPerSource=2',
      'TriggerLimitIntervalSec=0',
      'WantedBy=sockets.target',
      't1@.service',
      'Description=t1, as xinetd served it',
      'CollectMode=inactive-or-failed',
      'ExecStart=-/bin/cat -u $$x',
      'StandardInput=socket',
      'StandardOutput=socket',
      'StandardError=socket',
      'KillMode=process',
      'User=root',
    ]);
  });

  test.each([
    [['flags = IPv4'], 'ListenStream=0.0.0.0:40001'],
    [['bind = 127.0.0.1'], 'ListenStream=127.0.0.1:40001'],
    [['bind = ::1', 'v6only = yes'], 'ListenStream=[::1]:40001'],
    [['v6only = yes'], 'BindIPv6Only=ipv6-only'],
    [['flags = KEEPALIVE'], 'KeepAlive=yes'],
    [['flags = NODELAY'], 'NoDelay=yes'],
    [['instances = UNLIMITED'], 'MaxConnections=2147483647'],
    [['group = daemon'], 'Group=daemon'],
    [['umask = 27'], 'UMask=027'],
    [['nice = 50'], 'Nice=19'],
    [['env = A=1%'], 'Environment=A=1%%'],
    [['passenv = PATH HOME'], 'PassEnvironment=PATH HOME'],
    [['rlimit_as = 8M'], 'LimitAS=8388608'],
    [['rlimit_cpu = UNLIMITED'], 'LimitCPU=infinity'],
    [['flags = NAMEINARGS', 'server_args = other -x'], 'ExecStart=-@/bin/cat other -x'],
    [['flags = NAMEINARGS', 'server_args = cat -x'], 'ExecStart=-/bin/cat -x'],
    [['no_access = 10.1.0.0'], 'IPAddressDeny=10.1.0.0/16'],
  ])('with %j has %s', (lines, expected) => {
    expect(linesFor(...lines)).toContain(expected);
  });

  test('lets in what only_from has and no_access has not', () => {
    const lines = linesFor('only_from = 10.0.0.0/31 .example', 'no_access = 10.0.0.1');
    expect(lines.filter((line) => line.startsWith('IP'))).toEqual(['IPAddressDeny=any', 'IPAddressAllow=10.0.0.0']);
  });
});

test('a service that waits gets the socket', () => {
  const lines = linesFor('socket_type = dgram', 'protocol = udp', 'wait = yes', 'instances = 3');
  expect(lines).toEqual(
    expect.arrayContaining(['ListenDatagram=[::]:40001', 'Accept=no', 't1.service', 'StartLimitIntervalSec=0']),
  );
  expect(lines.some((line) => line.startsWith('MaxConnections'))).toBe(false);
});

test.each([
  ['127.0.0.1 80', '127.0.0.1:80'],
  ['::1 80', '"[::1]:80"'],
  ['far.example 80', 'far.example:80'],
])('a redirect to %s becomes a socket proxy', (target, expected) => {
  const lines = linesFor(`redirect = ${target}`, 'server = -', 'instances = 4');
  expect(lines).toContain(`ExecStart=/usr/lib/systemd/systemd-socket-proxyd --connections-max=4 ${expected}`);
});

test('a path has its mode and owner', () => {
  const path = ['socket_path = /run/t1', 'port = -', 'protocol = -'];
  const owner = ['socket_mode = 0660', 'socket_user = root', 'socket_group = daemon'];
  expect(linesFor(...path, ...owner).slice(1, 7)).toEqual([
    'Description=t1, as xinetd served it',
    'ListenStream=/run/t1',
    'SocketMode=0660',
    'SocketUser=root',
    'SocketGroup=daemon',
    'Accept=yes',
  ]);
  expect(convert([...path, 'only_from = uid:root'])).toMatchObject({ kind: 'refused' });
});

test('an address may come later', () => {
  expect(linesFor('bind = 10.0.0.1', 'free_bind = yes')).toContain('FreeBind=yes');
});

describe('what is lost', () => {
  test.each([
    [['cps = 10 5'], ['cps = 10 5 !']],
    [['access_times = 09:00-17:00'], ['access_times = 09:00-17:00 !']],
    [
      ['banner = /etc/passwd', 'log_on_success = HOST'],
      ['log_on_success = HOST', 'banner = /etc/passwd'],
    ],
    [['only_from = .example'], ['only_from = .example']],
    [['flags = IDONLY NORETRY'], ['flags = NORETRY IDONLY IPv6 !', 'flags = NORETRY IDONLY IPv6']],
    [['redirect = ::1 80', 'server = -', 'per_source = 1'], ['per_source = 1 !']],
    [['passenv = PATH'], ['passenv = PATH']],
    [['instances = 3', 'per_source_cps = UNLIMITED'], []],
  ])('of %j is reported', (lines, expected) => {
    expect(lossesFor(...lines)).toEqual(expected);
  });

  test('are the groups a user must not have', () => {
    const conversion = convert([], serviceText([]), [0, 27]);
    expect(conversion.kind === 'units' && conversion.losses.map(shown)).toEqual(['groups = no']);
    expect(lossesFor('groups = yes')).toEqual([]);
  });

  test('points at the line, be it in defaults', () => {
    const conversion = convert([], defaultsText('max_load = 4') + serviceText());
    const [loss] = conversion.kind === 'units' ? conversion.losses : [];
    expect(loss).toMatchObject({ service: 't1', attribute: 'max_load', opens: true, span: { start: 11 } });
  });
});

describe('a service is not converted', () => {
  test.each([
    [['flags = SENSOR'], 'sensor'],
    [['type = INTERNAL', 'server = -', 'port = 7'], 'built-in'],
    [['type = RPC UNLISTED', 'rpc_version = 1', 'rpc_number = 300000'], 'rpcbind'],
    [['type = TCPMUX UNLISTED', 'port = -'], 'tcpmux'],
    [['socket_type = raw', 'protocol = tcp', 'wait = yes'], 'raw sockets'],
    [['instances = 0'], 'nobody'],
    [['proxy_from = 10.0.0.1'], 'PROXY header'],
    [['no_access = bad.example'], 'by name (no_access: bad.example)'],
  ])('when it has %j', (lines, reason) => {
    const text = serviceText(lines, lines[0] === 'type = INTERNAL' ? 'echo' : 't1');
    const conversion = convert(lines, text.replace('port = -', ''));
    expect(conversion.kind === 'refused' ? conversion.reason : 'converted').toContain(reason);
  });
});
