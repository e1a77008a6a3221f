// The log for programs: JSON lines, entries of the journal, the forms of addresses. Every kind of event with a real client.

import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { exchange } from './support/clients.ts';
import { startSyslog } from './support/companion.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { REPOSITORY, startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { until } from './support/wait.ts';

const PROGRAMS = `${REPOSITORY}/test/fixtures/programs`;
const EVERYTHING = { log_on_success: 'PID HOST EXIT DURATION TRAFFIC', log_on_failure: 'HOST' };
const NUMBER: unknown = expect.any(Number);
const TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

interface Entry {
  readonly event: string;
  readonly service: string;
  readonly connection: string;
}

function entries(lines: readonly string[]): readonly Entry[] {
  return lines.map((line): Entry => JSON.parse(line));
}

/** The first lines, once so many are there. */
async function said(daemon: Daemon, count: number): Promise<readonly string[]> {
  const lines = (): readonly string[] => daemon.said.split('\n').slice(0, -1);
  await until(`${count} lines on a standard stream`, () => lines().length >= count);
  return lines();
}

test('a served connection leaves two objects with one connection id', async () => {
  const port = freshPort();
  const log = { ...EVERYTHING, log_type: 'FILE {audit}', log_format: 'json' };
  const daemon = await startDaemon(defaults(log) + service('env', { server: '/usr/bin/env', port, flags: 'IPv4' }));
  const id = /^XINETD_CONN_ID=(.*)$/m.exec(await exchange(port))?.[1];
  const common = { time: TIME, service: 'env', connection: id, pid: NUMBER, from: '127.0.0.1', port: NUMBER };
  expect(entries(await daemon.audits(2))).toEqual([
    { ...common, event: 'start' },
    { ...common, event: 'exit', status: 0, duration: NUMBER, cpu: NUMBER },
  ]);
});

test('a refused connection leaves one object with the rule that decided', async () => {
  const port = freshPort(2);
  const log = { ...EVERYTHING, log_type: 'STDERR', log_format: 'json' };
  const text =
    defaults(log) +
    builtin('daytime', { port, id: 'denied', flags: 'IPv4', no_access: '127.0.0.1' }) +
    service('full', { port: port + 1, server: `${PROGRAMS}/ending.sh`, instances: 0 });
  const daemon = await startDaemon(text);
  await exchange(port);
  await exchange(port + 1);
  const line = 1 + text.split('\n').findIndex((words) => words.includes('no_access'));
  const common = { time: TIME, event: 'fail', connection: expect.stringMatching(/^\d+-\d+$/) as unknown, port: NUMBER };
  const conf = daemon.path('conf');
  expect(entries(await said(daemon, 2))).toEqual([
    { ...common, service: 'denied', reason: 'address', by: 'access', rule: `${conf}:${line}`, from: '127.0.0.1' },
    {
      ...common,
      service: 'full',
      reason: 'service_limit',
      by: 'instances',
      rule: `${conf}:${1 + text.split('\n').findIndex((words) => words.includes('instances = 0'))}`,
      from: '::ffff:127.0.0.1',
    },
  ]);
});

test('a signal and the bytes of a redirection are told', async () => {
  const [port, to] = [freshPort(2), freshPort()];
  const target = createServer((socket) => socket.end('four'));
  afterTest(() => new Promise((resolve) => target.close(resolve)));
  await new Promise<void>((resolve) => target.listen(to, '127.0.0.1', resolve));
  const log = { ...EVERYTHING, log_type: 'FILE {audit}', log_format: 'json' };
  const daemon = await startDaemon(
    defaults(log) +
      service('signalled', { port, server: `${PROGRAMS}/ending.sh`, server_args: 'signal TERM' }) +
      service('pass', { port: port + 1, redirect: `127.0.0.1 ${to}` }),
  );
  await exchange(port);
  await daemon.audits(2);
  expect(await exchange(port + 1, { isHalfClosed: true })).toBe('four');
  const [, exit, start, traffic, end] = entries(await daemon.audits(5));
  expect(exit).toMatchObject({ event: 'exit', signal: 15 });
  expect(traffic).toMatchObject({ event: 'traffic', in: 0, out: 4, connection: start?.connection });
  expect(end).toMatchObject({ event: 'exit', status: 0, connection: start?.connection });
  expect(end).not.toHaveProperty('cpu');
});

test('the journal has fields, and waits while nobody listens', async () => {
  const port = freshPort();
  const log = { ...EVERYTHING, log_type: 'JOURNAL' };
  const daemon = await startDaemon(defaults(log) + builtin('daytime', { port, id: 'day', flags: 'IPv4' }));
  await exchange(port);
  const journal = await startSyslog('/run/systemd/journal/socket');
  await until('the entry that waited', async () => {
    await exchange(port);
    return journal().length > 1;
  });
  const entry = `MESSAGE=START: day pid=0 from=127.0.0.1|PRIORITY=6|SYSLOG_FACILITY=3|SYSLOG_IDENTIFIER=xinetd-ts|XINETD_EVENT=start|XINETD_SERVICE=day|XINETD_CONNECTION=${daemon.pid}-1|XINETD_PID=0|XINETD_FROM=127.0.0.1|XINETD_PORT=`;
  expect(journal()[0]?.replace(/\d+$/, '')).toBe(entry);
});

test('addresses are written in four forms', async () => {
  const port = freshPort(4);
  const log = { log_type: 'STDOUT', log_on_success: 'HOST' };
  const forms = ['full', 'plain', 'prefix', 'hash'];
  const services = forms.map((form, at) => builtin('daytime', { port: port + at, id: form, log_address: form }));
  const daemon = await startDaemon(defaults(log) + services.join(''));
  for (const at of forms.keys()) await exchange(port + at);
  await exchange(port + 3);
  const written = (await said(daemon, 5)).map((line) => line.replace(/^.*START: /, ''));
  expect(written.slice(0, 3)).toEqual([
    'full from=::ffff:127.0.0.1',
    'plain from=127.0.0.1',
    'prefix from=127.0.0.0/24',
  ]);
  expect(written[3]).toMatch(/^hash from=#[0-9a-f]{16}$/);
  expect(written[4]).toBe(written[3]);
});
