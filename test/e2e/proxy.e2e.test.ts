// The PROXY protocol with a real proxy: HAProxy as the target of redirect learns who called.

import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { output } from './support/command.ts';
import { startCompanion } from './support/companion.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';

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
