// Sensors and bans as callers and administrators meet them: who touches one is out everywhere, until the time is over,
// the ban is lifted by hand, or for ever; restarts change nothing, forged datagrams neither.

import { describe, expect, test } from 'vitest';
import { datagram, exchange } from './support/clients.ts';
import { output } from './support/command.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { DAEMON, startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';

const STATE = '/run/state';
const CALLER = '127.0.0.9';

interface Trap {
  readonly daemon: Daemon;
  readonly sensor: number;
  readonly hello: number;
}

/** A sensor and a service that says hello. */
async function lay(attributes: Readonly<Record<string, string>>, flags: readonly string[] = []): Promise<Trap> {
  const [sensor, hello] = [freshPort(), freshPort()];
  const daemon = await startDaemon(
    defaults({ log_type: 'FILE {audit}', log_on_failure: 'HOST', log_on_success: 'HOST' }) +
      builtin('trap', { port: sensor, flags: 'SENSOR', ...attributes }) +
      service('hello', { port: hello, server: '/bin/echo', server_args: 'hello' }),
    { flags },
  );
  return { daemon, sensor, hello };
}

/** What a caller hears; `out` when the connection is closed or reset without a word. */
async function hear(port: number, from: string): Promise<string> {
  const heard = await exchange(port, { from }).catch(() => '');
  return heard === '' ? 'out' : heard.trim();
}

const bans = (...words: readonly string[]): Promise<string> => {
  const [program = '', ...first] = DAEMON;
  return output(program, [...first, 'bans', ...words]);
};

describe('whoever touches a sensor', () => {
  test('is out at every service, and the others are not', async () => {
    const { daemon, sensor, hello } = await lay({ deny_time: '5' });
    expect(await hear(hello, CALLER)).toBe('hello');
    expect(await hear(sensor, CALLER)).toBe('out');
    expect(await hear(hello, CALLER)).toBe('out');
    expect(await hear(hello, '127.0.0.8')).toBe('hello');
    expect(daemon.log).toMatch(
      /CRITICAL: \d+ \{process_sensor\} Adding ::ffff:127\.0\.0\.9 to the global_no_access list for 5 minutes/,
    );
    expect(daemon.audit).toContainEqual(expect.stringMatching(/FAIL: trap address from=::ffff:127\.0\.0\.9$/));
  });

  test('is only written down with NEVER', async () => {
    const { daemon, sensor, hello } = await lay({ deny_time: 'NEVER' });
    expect([await hear(sensor, CALLER), await hear(hello, CALLER)]).toEqual(['out', 'hello']);
    expect(daemon.audit).toContainEqual(expect.stringMatching(/FAIL: trap address/));
  });

  test('stays out over a reload and a restart', async () => {
    const flags = ['-statedir', STATE];
    const { daemon, sensor, hello } = await lay({ deny_time: 'FOREVER' }, flags);
    await hear(sensor, CALLER);
    daemon.signal('SIGHUP');
    await daemon.logs(/Reconfigured/);
    expect(await hear(hello, CALLER)).toBe('out');
    await daemon.stop();
    const next = await lay({}, flags);
    expect([await hear(next.hello, CALLER), await hear(next.hello, '127.0.0.8')]).toEqual(['out', 'hello']);
  });
});

describe('a datagram sensor', () => {
  test('bans nobody, for anybody can forge a sender', async () => {
    const { daemon, sensor, hello } = await lay({
      deny_time: 'FOREVER',
      socket_type: 'dgram',
      protocol: 'udp',
      wait: 'yes',
    });
    await expect(datagram(sensor, 'x', { from: CALLER, limitMs: 200 })).rejects.toThrow('no answer');
    expect(await daemon.audits(1)).toEqual([expect.stringMatching(/FAIL: trap address from=::ffff:127\.0\.0\.9$/)]);
    expect(await hear(hello, CALLER)).toBe('hello');
  });
});

describe('an administrator', () => {
  test('sees bans, ends them and makes new ones', async () => {
    const { sensor, hello } = await lay({ deny_time: '5' });
    await hear(sensor, CALLER);
    expect(await bans('list')).toMatch(/^127\.0\.0\.9 {2}(5m 0s|4m 59s)\n$/);
    await bans('remove', CALLER);
    expect(await hear(hello, CALLER)).toBe('hello');
    await bans('add', '127.0.0.8', '60');
    expect(await hear(hello, '127.0.0.8')).toBe('out');
  });
});

describe('a flooder', () => {
  test('does not shut others out with per_source_cps', async () => {
    const port = freshPort();
    const daemon = await startDaemon(
      defaults({ log_type: 'FILE {audit}', log_on_failure: 'HOST' }) +
        service('hello', { port, server: '/bin/echo', server_args: 'hello', cps: '10 5', per_source_cps: 3 }),
    );
    const flood = await Promise.all(Array.from({ length: 60 }, () => hear(port, CALLER)));
    expect(flood.filter((heard) => heard === 'hello').length).toBeLessThanOrEqual(6);
    expect(await hear(port, '127.0.0.8')).toBe('hello');
    expect(daemon.log).not.toContain('Deactivating');
    expect(daemon.audit).toContainEqual(
      expect.stringMatching(/FAIL: hello connections per second from=::ffff:127\.0\.0\.9$/),
    );
  });
});
