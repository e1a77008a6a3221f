import { describe, expect, test } from 'vitest';

import { callerEnvironment, isNeverPassed, serverEnvironment } from '../../src/launch/environment.ts';

const DAEMON = ['AA=a', 'PATH=/bin', 'ZZ=z', 'CC=c'];

const environment = (
  passenv: readonly string[] | undefined,
  env: readonly string[],
  daemon: readonly string[] = DAEMON,
) =>
  serverEnvironment({ passenv, env, env_style: [] }, daemon, 'ftp').filter(
    (variable) => variable !== 'XINETD_SERVICE=ftp',
  );

describe('the environment of a server', () => {
  test('takes no name of its styles from elsewhere', () => {
    const daemon = ['TCPREMOTEIP=1', 'SOCAT_PID=2', 'PROTO=3', 'TCPX=4'];
    const of = (env_style: readonly ('ucspi' | 'socat')[]) =>
      serverEnvironment({ passenv: undefined, env: ['TCPLOCALPORT=5'], env_style }, daemon, 'ftp');
    expect(of(['ucspi'])).toEqual(['SOCAT_PID=2', 'TCPX=4', 'XINETD_SERVICE=ftp']);
    expect(of(['socat'])).not.toContain('SOCAT_PID=2');
    expect(of([])).toHaveLength(6);
  });

  test('is the daemon’s own without passenv', () => {
    expect(environment(undefined, [])).toEqual(DAEMON);
  });

  test('names the service last', () => {
    expect(serverEnvironment({ passenv: [], env: ['A=1'], env_style: [] }, DAEMON, 'ftp')).toEqual([
      'A=1',
      'XINETD_SERVICE=ftp',
    ]);
  });

  test('replaces in place and adds at the end', () => {
    expect(environment(undefined, ['BB=1', 'PATH=/x'])).toEqual(['AA=a', 'PATH=/x', 'ZZ=z', 'CC=c', 'BB=1']);
  });

  test('takes what passenv names, in its order', () => {
    expect(environment(['ZZ', 'PATH', 'MISSING', 'AA'], ['PATH=/x', 'QQ=1', 'AA=2', 'QQ=3', 'WW=1'])).toEqual([
      'ZZ=z',
      'PATH=/x',
      'AA=2',
      'QQ=3',
      'WW=1',
    ]);
  });

  test('is empty with an empty passenv', () => {
    expect(environment([], [])).toEqual([]);
  });

  test('keeps the first of two equal names', () => {
    expect(environment(undefined, [], ['A=1', 'A=2', 'ODD'])).toEqual(['A=1', 'ODD']);
  });

  test('never says who calls in advance', () => {
    const daemon = [
      'REMOTE_HOST=evil',
      'REMOTE_ADDR=1',
      'REMOTE_PORT=1',
      'XINETD_CONN_ID=1',
      'XINETD_SERVICE=x',
      'A=1',
    ];
    expect(environment(undefined, ['REMOTE_HOST=other'], daemon)).toEqual(['A=1']);
  });
});

describe('a variable that steers programs', () => {
  const STEERING = [
    'LD_PRELOAD',
    'NODE_OPTIONS',
    'GLIBC_TUNABLES',
    'BASH_FUNC_x%%',
    'NOTIFY_SOCKET',
    'WATCHDOG_USEC',
    'LISTEN_FDS',
    'INVOCATION_ID',
    'JOURNAL_STREAM',
    'CREDENTIALS_DIRECTORY',
    'BASH_ENV',
    'ENV',
    'IFS',
  ];

  test.each(STEERING)('%s stays behind', (name) => {
    expect(isNeverPassed(name)).toBe(true);
    expect(environment(undefined, [], [`${name}=x`])).toEqual([]);
  });

  test.each(STEERING)('%s passes when passenv or env names it', (name) => {
    expect(environment([name], [], [`${name}=x`])).toEqual([`${name}=x`]);
    expect(environment(undefined, [`${name}=y`], [`${name}=x`])).toEqual([`${name}=y`]);
  });

  test.each(['LDAP_HOST', 'ENVIRONMENT', 'HOME'])('is not %s', (name) => {
    expect(isNeverPassed(name)).toBe(false);
  });
});

describe('the environment of a connection', () => {
  test('tells address, port and connection', () => {
    const caller = { text: '::ffff:192.0.2.1', plain: '192.0.2.1', port: 4711, connectionId: 'c1' };
    expect(callerEnvironment(caller)).toEqual([
      'REMOTE_ADDR=192.0.2.1',
      'REMOTE_PORT=4711',
      'XINETD_CONN_ID=c1',
      'REMOTE_HOST=::ffff:192.0.2.1',
    ]);
  });

  test('says who calls on a unix socket', () => {
    const person = { uid: 1000, gid: 100, pid: 7 };
    const caller = { text: 'unix:uid=1000,gid=100,pid=7', plain: undefined, port: 0, person, connectionId: 'c1' };
    expect(callerEnvironment(caller)).toEqual([
      'REMOTE_UID=1000',
      'REMOTE_GID=100',
      'REMOTE_PID=7',
      'XINETD_CONN_ID=c1',
      'REMOTE_HOST=unix:uid=1000,gid=100,pid=7',
    ]);
  });

  test('has no address where the server accepts', () => {
    const caller = { text: '<no address>', plain: undefined, port: 0, connectionId: 'c1' };
    expect(callerEnvironment(caller)).toEqual(['XINETD_CONN_ID=c1', 'REMOTE_HOST=<no address>']);
  });
});
