import { describe, expect, test } from 'vitest';
import type { LoadedConfig } from '../../src/config/load.ts';
import { showDefaults, showService } from '../../src/config/show.ts';
import { defaultsText, loadText, onlyService, serviceText, smallWorld } from '../support/load-text.ts';

const world = smallWorld('');
const service = (loaded: LoadedConfig): string => showService(onlyService(loaded), world).join('\n');
const lines = (...change: readonly string[]): readonly string[] =>
  showService(onlyService(loadText(serviceText(change))), world).map((line) => line.trim());

const DEFAULTS = [
  'log_type = FILE /service.log 1M',
  'log_on_success = PID HOST',
  'log_on_failure = HOST',
  'instances = 10',
  'per_source = 4',
  'cps = 20 5',
  'only_from = 127.0.0.0 ::1 localhost 10.0.0.0/9',
  'passenv = PATH',
  'umask = 077',
];

describe('the description of defaults', () => {
  test('has what they set', () => {
    expect(showDefaults(loadText(defaultsText(...DEFAULTS)).defaults, world).join('\n')).toMatchInlineSnapshot(`
      "Service defaults
      	Instances = 10
      	umask = 77
      	CPS = max conn:20 wait:5
      	PER_SOURCE = 4
      	Bind = All addresses.
      	Only from:  127.0.0.0(NUMERIC) ::1(NUMERIC) localhost(HOST) 10.0.0.0/255.128.0.0(NET)
      	No access: No blocked sites
      	Logging to file: /service.log (soft=1048576 hard=1059061)
      	Log_on_success flags = HOST PID
      	Log_on_failure flags = HOST
      	Passenv = PATH
      	Environment strings:
      		PATH=/bin"
    `);
  });

  test('is short where they set nothing', () => {
    expect(showDefaults(loadText('').defaults, world).join('\n')).toMatchInlineSnapshot(`
      "Service defaults
      	Bind = All addresses.
      	Only from: All sites
      	No access: No blocked sites
      	No logging"
    `);
  });
});

describe('the description of a service', () => {
  test('has its own values and what it inherits', () => {
    const own = [
      'no_access = 10.9.9.9',
      'nice = 3',
      'server_args = 30',
      'access_times = 0:00-23:59',
      'env = A=1',
      'log_type = SYSLOG local3 notice',
      'group = daemon',
      'groups = yes',
      'bind = 127.0.0.1',
      'flags = NODELAY KEEPALIVE NORETRY',
      'libwrap = other',
    ];
    expect(service(loadText(defaultsText(...DEFAULTS) + serviceText(own)))).toMatchInlineSnapshot(`
      "Service configuration: t1
      	id = t1
      	flags = NORETRY NODELAY KEEPALIVE IPv4
      	type = UNLISTED
      	socket_type = stream
      	Protocol (name,number) = (tcp,6)
      	port = 40001
      	wait = no
      	user = 0
      	group = 1
      	Groups = yes
      	umask = 77
      	Nice = 3
      	PER_SOURCE = 4
      	Bind = localhost
      	Server = /bin/cat
      	Server argv = cat 30
      	Libwrap = other
      	Access times = 00:00-23:59
      	Only from:  127.0.0.0(NUMERIC) ::1(NUMERIC) localhost(HOST) 10.0.0.0/255.128.0.0(NET)
      	No access:  10.9.9.9(NUMERIC)
      	Logging to syslog. Facility = local3, level = notice
      	Log_on_success flags = HOST PID
      	Log_on_failure flags = HOST
      	Passenv = PATH
      	Environment additions:
      		A=1
      	Environment strings:
      		PATH=/bin
      		A=1"
    `);
  });

  test('of a redirected service names the target', () => {
    const text = defaultsText(...DEFAULTS) + serviceText(['server = -', 'redirect = 127.0.0.1 20001', 'passenv =']);
    expect(service(loadText(text))).toMatchInlineSnapshot(`
      "Service configuration: t1
      	id = t1
      	flags = IPv6
      	type = UNLISTED
      	socket_type = stream
      	Protocol (name,number) = (tcp,6)
      	port = 40001
      	wait = no
      	user = 0
      	Groups = no
      	umask = 77
      	PER_SOURCE = 4
      	Bind = All addresses.
      	Redirect = localhost:20001
      	Only from:  127.0.0.0(NUMERIC) ::1(NUMERIC) localhost(HOST) 10.0.0.0/255.128.0.0(NET)
      	No access: No blocked sites
      	Logging to common log file
      	Log_on_success flags = HOST PID
      	Log_on_failure flags = HOST
      	Passenv =
      	Environment strings:"
    `);
  });

  test('of an RPC service has its numbers', () => {
    const shown = lines('type = RPC UNLISTED', 'port = -', 'rpc_number = 5', 'rpc_version = 1-3');
    expect(shown).toEqual(expect.arrayContaining(['RPC data', 'program number = 5', 'rpc_version = 1-3']));
    expect(shown.join('\n')).not.toContain('port =');
  });

  test.each([
    [['flags = SENSOR', 'deny_time = FOREVER'], 'Deny Time: -1'],
    [['flags = SENSOR', 'deny_time = 3'], 'Deny Time: 3'],
    [['instances = UNLIMITED'], 'Instances = UNLIMITED'],
    [['log_type = FILE /x'], 'Logging to file: /x (no limits)'],
    [['log_type = STDOUT'], 'Logging to stdout'],
    [['only_from ='], 'Only from: All sites'],
    [['bind = six.example'], 'Bind = 2001:db8::6'],
    [['flags = NAMEINARGS', 'server_args = x y'], 'Server argv = x y'],
    [['server = -', 'redirect = host.example 5'], 'Redirect = host.example:5'],
    [['env = PATH=/new'], 'PATH=/new'],
  ])('with %j has the line %s', (change, line) => {
    expect(lines(...change)).toContain(line);
  });
});
