// A shell script as an HTTP health check, asked by curl and by HAProxy, which moves traffic by the answer.

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { output } from './support/command.ts';
import { startCompanion } from './support/companion.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { REPOSITORY, startDaemon } from './support/daemon.ts';
import { until } from './support/wait.ts';

const DOWN = '/run/is-down';

async function serveCheck(): Promise<number> {
  const port = freshPort();
  const check = service('mysqlchk', {
    port,
    user: 'nobody',
    flags: 'REUSE',
    server: `${REPOSITORY}/test/fixtures/programs/health-check.sh`,
    server_args: DOWN,
    only_from: '127.0.0.1',
    per_source: 'UNLIMITED',
    'log_on_failure+': 'HOST',
  });
  await startDaemon(defaults() + check);
  return port;
}

test('curl gets 200, and 503 once the node is down', async () => {
  const port = await serveCheck();
  const ask = (): Promise<string> => output('curl', ['-s', '-w', ' %{http_code}', `http://127.0.0.1:${port}/`]);
  expect(await ask()).toBe('up 200');
  writeFileSync(DOWN, '');
  expect(await ask()).toBe('down 503');
  rmSync(DOWN);
});

test('HAProxy takes the backend up, down and up again', async () => {
  const port = await serveCheck();
  const stats = freshPort();
  writeFileSync(
    '/run/haproxy.cfg',
    `defaults
  mode http
  timeout connect 2s
  timeout client 2s
  timeout server 2s
frontend stats
  bind 127.0.0.1:${stats}
  stats enable
  stats uri /stats
backend database
  option httpchk GET /
  server node1 127.0.0.1:9999 check port ${port} inter 100 rise 1 fall 1
`,
  );
  startCompanion('haproxy', ['-db', '-f', '/run/haproxy.cfg']);
  const becomes = (pattern: RegExp): Promise<boolean> =>
    until(`node1 ${pattern}`, async () => {
      const table = await output('curl', [
        '-s',
        '--retry',
        '5',
        '--retry-connrefused',
        `http://127.0.0.1:${stats}/stats;csv`,
      ]);
      return pattern.test(table.split('\n').find((row) => row.startsWith('database,node1')) ?? '');
    });
  await becomes(/,UP,.*,L7OK,200,/);
  writeFileSync(DOWN, '');
  await becomes(/,DOWN,.*,L7STS,503,/);
  rmSync(DOWN);
  await becomes(/,UP,.*,L7OK,200,/);
  expect(existsSync(DOWN)).toBe(false);
});
