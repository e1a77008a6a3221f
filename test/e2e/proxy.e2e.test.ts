// The PROXY protocol with a real proxy: HAProxy as the target of redirect learns who called, and HAProxy before a service says so.

import { chmodSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { call, exchange } from './support/clients.ts';
import { output } from './support/command.ts';
import { startCompanion } from './support/companion.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import type { Attributes } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { until } from './support/wait.ts';

const PROXY_DEFAULTS = `defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
`;

function startHaproxy(sections: string): void {
  writeFileSync('/run/haproxy.cfg', PROXY_DEFAULTS + sections);
  startCompanion('haproxy', ['-db', '-f', '/run/haproxy.cfg']);
}

const fetchPage = (host: string, port: number): Promise<string> =>
  output('curl', ['-s', '--retry', '9', '--retry-all-errors', '--retry-delay', '0', `http://${host}:${port}/`]);

test.each([
  ['v1', '127.0.0.1', '127.0.0.1'],
  ['v2', '127.0.0.1', '127.0.0.1'],
  ['v1', '::1', '[::1]'],
  ['v2', '::1', '[::1]'],
])('the target is told by %s that %s calls', async (version, address, host) => {
  const [port, to] = [freshPort(), freshPort()];
  startHaproxy(`frontend told
  bind 127.0.0.1:${to} accept-proxy
  http-request return status 200 content-type text/plain lf-string "%[src] %[src_port] to %[dst] %[dst_port]"
`);
  const redirected = { port, redirect: `127.0.0.1 ${to}`, proxy_protocol: version };
  await startDaemon(defaults() + service('pass', redirected));
  const page = await fetchPage(host, port);
  const [, caller, callersPort, called, calledPort] = /^(\S+) (\d+) to (\S+) (\d+)$/.exec(page) ?? [];
  expect([caller, called]).toEqual([address, address]);
  expect(calledPort).toBe(String(port));
  expect(Number(callersPort)).toBeGreaterThan(1024);
});

test('a unix socket is a target as well', async () => {
  const port = freshPort();
  startHaproxy(`frontend local
  bind unix@/run/target.sock accept-proxy
  http-request return status 200 content-type text/plain lf-string "%[src]"
`);
  await startDaemon(defaults() + service('pass', { port, redirect: 'unix:/run/target.sock', proxy_protocol: 'v2' }));
  expect(await fetchPage('127.0.0.1', port)).toBe('127.0.0.1');
});

const LOG = { log_type: 'FILE {audit}', log_on_success: 'HOST', log_on_failure: 'HOST' };
/** Says who calls, then what the caller has said. */
const TELLER = '/run/teller';

beforeAll(() => {
  writeFileSync(TELLER, '#!/bin/sh\nread -r line\necho "$REMOTE_HOST says $line"\n');
  chmodSync(TELLER, 0o755);
});

async function behindProxies(attributes: Attributes = {}): Promise<{ daemon: Daemon; port: number }> {
  const port = freshPort();
  const text = service('told', { port, server: TELLER, proxy_from: '127.0.0.5', ...attributes });
  return { daemon: await startDaemon(defaults(LOG) + text), port };
}

/** As 127.0.0.5, which is trusted. */
const pass = (port: number, send: string): Promise<string> => exchange(port, { from: '127.0.0.5', send });
const line = (client: string): string => `PROXY TCP4 ${client} 198.51.100.2 5000 80\r\n`;

test.each([
  ['send-proxy', '127.0.0.1'],
  ['send-proxy-v2', '127.0.0.1'],
  ['send-proxy', '::1'],
  ['send-proxy-v2', '::1'],
  ['send-proxy-v2-ssl proxy-v2-options crc32c,unique-id', '127.0.0.1'],
])('HAProxy tells with %s that %s calls', async (way, client) => {
  const front = freshPort();
  const { daemon, port } = await behindProxies({ only_from: client });
  startHaproxy(`listen front
  mode tcp
  bind 127.0.0.1:${front}
  bind [::1]:${front}
  server told 127.0.0.1:${port} source 127.0.0.5 ${way}
`);
  const host = client;
  await until('HAProxy listens', () =>
    call(front, { host })
      .then((it) => (it.hangUp(), true))
      .catch(() => undefined),
  );
  await daemon.audits(1);
  expect(await exchange(front, { host, send: 'hello\n' })).toBe(`${client} says hello\n`);
  expect(daemon.audit.at(-1)).toMatch(new RegExp(`START: told from=${client}$`));
});

test("HAProxy's own checks find the service up and leave no refusal", async () => {
  const stats = freshPort();
  const { daemon, port } = await behindProxies();
  startHaproxy(`frontend stats
  bind 127.0.0.1:${stats}
  stats enable
  stats uri /stats
backend told
  mode tcp
  source 127.0.0.5
  server silent 127.0.0.1:${port} check inter 50
  server v1 127.0.0.1:${port} check check-send-proxy inter 50 send-proxy
  server v2 127.0.0.1:${port} check check-send-proxy inter 50 send-proxy-v2
`);
  const table = (): Promise<string> =>
    output('curl', [
      '-s',
      '--retry',
      '9',
      '--retry-all-errors',
      '--retry-delay',
      '0',
      `http://127.0.0.1:${stats}/stats;csv`,
    ]);
  await until('all three are up', async () => (await table()).match(/^told,\w+,.*,UP,.*,L4OK,/gm)?.length === 3);
  await daemon.audits(4);
  expect(daemon.audit.filter((entry) => !/ START: told from=.*127\.0\.0\.5$/.test(entry))).toEqual([]);
  expect(daemon.log).not.toMatch(/PROXY header/);
});

test('rules and limits are about the caller whom the proxy names', async () => {
  const { daemon, port } = await behindProxies({ no_access: '192.0.2.66', per_source: 1 });
  expect(await pass(port, `${line('192.0.2.66')}hello\n`)).toBe('');
  expect((await daemon.audits(2))[1]).toMatch(/FAIL: told address from=192\.0\.2\.66$/);
  const first = await call(port, { from: '127.0.0.5' });
  first.say(line('192.0.2.1'));
  await daemon.audits(3);
  expect(await pass(port, `${line('192.0.2.1')}hello\n`)).toBe('');
  expect(daemon.audit.at(-1)).toMatch(/FAIL: told per_source_limit from=192\.0\.2\.1$/);
  expect(await pass(port, `${line('192.0.2.2')}hello\n`)).toBe('192.0.2.2 says hello\n');
  first.hangUp();
});

test('a record names caller and proxy', async () => {
  const { daemon, port } = await behindProxies({ log_format: 'json' });
  expect(await pass(port, `${line('192.0.2.1')}hello\n`)).toBe('192.0.2.1 says hello\n');
  const [start = ''] = await daemon.audits(1);
  expect(JSON.parse(start)).toMatchObject({ event: 'start', from: '192.0.2.1', port: 5000, via: '127.0.0.5' });
});

test('nobody else may say who calls, or call', async () => {
  const { daemon, port } = await behindProxies();
  expect(await exchange(port, { from: '127.0.0.6', send: line('192.0.2.1') })).toBe('');
  expect((await daemon.audits(2))[1]).toMatch(/FAIL: told address from=::ffff:127\.0\.0\.6$/);
});

test('a proxy that does not say who calls is refused', async () => {
  const { daemon, port } = await behindProxies();
  expect(await pass(port, 'GET / HTTP/1.0\r\n\r\n')).toBe('');
  expect((await daemon.audits(1))[0]).toMatch(/FAIL: told proxy_header from=::ffff:127\.0\.0\.5$/);
  await daemon.logs(/NOTICE: service told, the PROXY header from ::ffff:127\.0\.0\.5 does not begin like a header/);
});

test('a proxy passes on whom another proxy has named', async () => {
  const [port, to] = [freshPort(), freshPort()];
  const passing = service('pass', { port, redirect: `127.0.0.1 ${to}`, proxy_from: '127.0.0.5', proxy_protocol: 'v2' });
  const told = service('told', { port: to, server: TELLER, proxy_from: '127.0.0.1' });
  await startDaemon(defaults() + passing + told);
  expect(await pass(port, `${line('192.0.2.1')}hello\n`)).toBe('192.0.2.1 says hello\n');
});
