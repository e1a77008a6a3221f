import { describe, expect, test } from 'vitest';
import { statusText } from '../../src/cli/status-view.ts';
import type { DaemonStatus, ServiceStatus } from '../../src/cli/status-view.ts';

const FTP: ServiceStatus = {
  id: 'ftp',
  state: 'active',
  socketType: 'stream',
  port: 21,
  instances: { running: 1, limit: 60 },
  cps: { connections: 25, counted: 3 },
  served: 120,
  refused: { address: 3, time: 2 },
  servers: [{ pid: 4242, from: '192.0.2.1', seconds: 62, cpuSeconds: 0.034 }],
};
const ECHO: ServiceStatus = {
  ...FTP,
  id: 'echo-dgram',
  socketType: 'dgram',
  port: 7,
  instances: { running: 0, limit: null },
  cps: { connections: 0, counted: 9 },
  served: 0,
  refused: {},
  servers: [{ pid: 77, from: null, seconds: 1, cpuSeconds: null }],
};
const STATUS: DaemonStatus = {
  version: '1.2.3',
  pid: 99,
  processLimit: 200,
  runningServers: 2,
  bans: 4,
  services: [FTP, ECHO],
};

describe('the status as text', () => {
  test('is a table of services with their servers', () => {
    expect(statusText(STATUS)).toBe(
      [
        'xinetd-ts 1.2.3, pid 99: 2 services, 2/200 servers, 4 bans',
        '',
        'SERVICE     STATE   SOCKET     RUNNING  RATE  SERVED  REFUSED',
        'ftp         active  stream/21  1/60     3/25  120     5 (address 3, time 2)',
        '  4242 from 192.0.2.1 for 1m 2s, cpu 0.03s',
        'echo-dgram  active  dgram/7    0        9     0       0',
        '  77 from unknown for 1s',
        '',
      ].join('\n'),
    );
  });
  test('shows the path of a unix socket', () => {
    const local = { ...FTP, port: 0, path: '/run/ftp' };
    expect(statusText({ ...STATUS, services: [local] })).toContain('stream /run/ftp');
  });
  test('counts the lines that do not fit', () => {
    expect(statusText(STATUS, 5).trimEnd().split('\n').slice(-2)).toEqual([
      'ftp         active  stream/21  1/60     3/25  120     5 (address 3, time 2)',
      '... 3 more lines',
    ]);
  });
  test('has a heading where there are no services', () => {
    expect(statusText({ ...STATUS, services: [] })).toMatch(/0 services[^]*SERVICE/);
  });
});
