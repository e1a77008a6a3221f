// Sockets of a service manager: a stand-in binds them, becomes the daemon, and keeps them in another process as managers do.

import { readdirSync, readlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { datagram, exchange } from './support/clients.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { until } from './support/wait.ts';

/** Arguments: NAME=FAMILY:TYPE:ADDRESS:PORT ... -- command. */
const MANAGER = `
import os, socket, sys
cut = sys.argv.index("--")
names = []
for number, word in enumerate(sys.argv[1:cut], 3):
    name, _, where = word.partition("=")
    family, kind, address, port = where.split("/")
    s = socket.socket(getattr(socket, "AF_" + family), getattr(socket, "SOCK_" + kind))
    s.bind((address, int(port)))
    if kind == "STREAM": s.listen()
    os.dup2(s.detach(), 100 + number)
    names.append(name)
for number in range(3, 3 + len(names)): os.dup2(100 + number, number)
os.closerange(3 + len(names), 256)
if os.fork() == 0:
    os.dup2(os.open("/dev/null", os.O_RDWR), 1)
    os.dup2(1, 2)
    import ctypes, signal, time
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    while True: time.sleep(60)
os.environ.update(LISTEN_FDS=str(len(names)), LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES=":".join(names))
os.execvp(sys.argv[cut + 1], sys.argv[cut + 1:])
`;

function managed(text: string, sockets: readonly string[]): Promise<Daemon> {
  return startDaemon(defaults() + text, { wrapper: ['python3', '-c', MANAGER, ...sockets, '--'] });
}

test('services use the sockets of their name or address', async () => {
  const [written, given, listed, own] = [freshPort(), freshPort(), freshPort(), freshPort()];
  const daemon = await managed(
    builtin('echo', { port: written, flags: 'IPv4' }) +
      builtin('daytime', { port: listed, flags: 'IPv4', socket_type: 'dgram', protocol: 'udp', wait: 'yes' }) +
      builtin('time', { port: own }),
    [`echo.socket=INET/STREAM/127.0.0.1/${given}`, `=INET/DGRAM/0.0.0.0/${listed}`],
  );
  expect(await exchange(given, { send: 'hello', isHalfClosed: true })).toBe('hello');
  await expect(exchange(written)).rejects.toThrow('ECONNREFUSED');
  expect(await datagram(listed, 'x')).toMatch(/^\d\d /);
  expect(await exchange(own)).toHaveLength(4);
  await daemon.logs(/Service echo uses inherited socket 3 "echo\.socket" \(127\.0\.0\.1:/);
});

test('a socket of no service is reported and closed', async () => {
  const [port, stray] = [freshPort(), freshPort()];
  const daemon = await managed(builtin('echo', { port }), [`=INET/STREAM/127.0.0.1/${stray}`]);
  await daemon.logs(
    new RegExp(`WARNING: Inherited socket 3 \\(127\\.0\\.0\\.1:${stray}\\) belongs to no service: closed`),
  );
});

test('servers inherit neither the sockets nor the variables', async () => {
  const [open, environment] = [freshPort(), freshPort()];
  const servers =
    service('open', { port: open, flags: 'IPv4', server: '/bin/ls', server_args: '/proc/self/fd' }) +
    service('environment', { port: environment, server: '/usr/bin/env', passenv: 'LISTEN_FDS LISTEN_PID PATH' });
  const daemon = await managed(servers, [`open=INET/STREAM/127.0.0.1/${open}`]);
  // 3 is the folder that is being read.
  expect(await exchange(open)).toBe('0\n1\n2\n3\n');
  const variables = await exchange(environment);
  expect(variables).toContain('PATH=');
  expect(variables).not.toContain('LISTEN_');
  await daemon.logs(/Service open uses inherited socket/);
});

test('a service comes back from its pause on the same socket', async () => {
  const port = freshPort();
  const time = builtin('time', { port, flags: 'IPv4', cps: '1 1' });
  const daemon = await managed(time, [`time=INET/STREAM/0.0.0.0/${port}`]);
  while ((await exchange(port)) !== '');
  await daemon.logs(/Deactivating service time/);
  expect(await exchange(port)).toHaveLength(4);
  await daemon.logs(/Activating service time/);
});

test('a reload keeps them, and may bring another service to one', async () => {
  const port = freshPort();
  const socket = `inet=INET/STREAM/0.0.0.0/${port}`;
  const daemon = await managed(builtin('time', { port, flags: 'IPv4' }), [socket]);
  expect(await daemon.reload(defaults() + builtin('daytime', { port, flags: 'IPv4' }))).toContain('new=1');
  expect(await exchange(port)).toMatch(/^\d\d /);
  const links = readdirSync(`/proc/${daemon.pid}/fd`).map((fd) => readlinkSync(`/proc/${daemon.pid}/fd/${fd}`));
  expect(links.filter((link) => link.startsWith('socket:')).length).toBeGreaterThan(0);
});

test('systemd-socket-activate hands its socket over', async () => {
  const port = freshPort();
  const activate = ['systemd-socket-activate', '-E', 'PATH', '-l', `127.0.0.1:${port}`, '--fdname=echo'];
  const text = defaults() + builtin('echo', { port: freshPort(), flags: 'IPv4' });
  // The daemon is started by the first caller, who waits for it.
  const firstCall = until('the first caller is served', () =>
    exchange(port, { send: 'early', isHalfClosed: true }).catch(() => undefined),
  );
  const daemon = await startDaemon(text, { wrapper: activate });
  expect(await firstCall).toBe('early');
  expect(await exchange(port, { send: 'late', isHalfClosed: true })).toBe('late');
  await daemon.logs(/Service echo uses inherited socket 3 "echo" \(127\.0\.0\.1:/);
});
