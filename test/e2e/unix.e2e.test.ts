// Services on unix sockets, called by curl and by users of several kinds: who may call, what is written down, and what becomes
// of the file.

import { existsSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { output, run } from './support/command.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import type { Attributes } from './support/configuration.ts';
import { DAEMON, startDaemon } from './support/daemon.ts';
import { until } from './support/wait.ts';

const NOBODY = 65_534;

/** A service on a path: what `service` would say of a port is left out. */
function onPath(name: string, path: string, attributes: Attributes): string {
  return service(name, { type: undefined, protocol: undefined, socket_path: path, ...attributes });
}

/** Arguments: user and group, path, text. */
const TALK = `
import os, socket, sys
os.setgroups([])
os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[1]))
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[2])
s.sendall(sys.argv[3].encode())
s.shutdown(socket.SHUT_WR)
print(s.makefile().read(), end="")
`;

/** All that a service says to a caller who says `send`, as user and group `uid`. */
function callAs(uid: number, path: string, send = ''): Promise<string> {
  return output('python3', ['-c', TALK, String(uid), path, send]);
}

test('a web server answers curl on a path', async () => {
  const header = 'while read -r line && [ "${#line}" -gt 1 ]; do :; done';
  const page = 'printf "HTTP/1.0 200 OK\\r\\n\\r\\nhello $REMOTE_UID"';
  writeFileSync('/run/page.sh', `#!/bin/sh\n${header}\n${page}\n`, { mode: 0o755 });
  await startDaemon(defaults() + onPath('page', '/run/page.sock', { server: '/run/page.sh' }));
  expect(await output('curl', ['-s', '--unix-socket', '/run/page.sock', 'http://page/'])).toBe('hello 0');
});

test('built-in services answer on a path', async () => {
  await startDaemon(defaults() + onPath('echo', '/run/echo.sock', { type: 'INTERNAL' }));
  expect(await callAs(0, '/run/echo.sock', 'x'.repeat(100_000))).toBe('x'.repeat(100_000));
});

test('mode and owner keep others out', async () => {
  const owner = { type: 'INTERNAL', socket_mode: '0660', socket_user: 'nobody', socket_group: 'daemon' };
  await startDaemon(defaults() + onPath('echo', '/run/owned.sock', owner));
  const { mode, uid, gid } = lstatSync('/run/owned.sock');
  expect([mode & 0o777, uid, gid]).toEqual([0o660, NOBODY, 1]);
  await expect(callAs(2, '/run/owned.sock')).rejects.toThrow('PermissionError');
  expect(await callAs(NOBODY, '/run/owned.sock', 'me')).toBe('me');
});

test('rules name users and groups, and the log says who came', async () => {
  const rules = { type: 'INTERNAL', socket_mode: '0666', only_from: 'uid:root gid:daemon', log_type: 'FILE {audit}' };
  const log = { log_on_success: 'PID HOST EXIT', log_on_failure: 'HOST' };
  const daemon = await startDaemon(defaults() + onPath('echo', '/run/ruled.sock', { ...rules, ...log }));
  expect(await callAs(0, '/run/ruled.sock', 'root')).toBe('root');
  expect(await callAs(1, '/run/ruled.sock', 'daemon')).toBe('daemon');
  expect(await callAs(NOBODY, '/run/ruled.sock').catch(() => '')).toBe('');
  await daemon.audits(7);
  expect(daemon.audit.join('\n')).toMatch(/START: echo pid=\d+ from=unix:uid=1,gid=1,pid=\d+$/m);
  expect(daemon.audit.join('\n')).toMatch(/FAIL: echo address from=unix:uid=65534,gid=65534,pid=\d+$/m);
});

test('rules about addresses alone let in nobody', async () => {
  const text = defaults({ only_from: '127.0.0.1 0.0.0.0' }) + onPath('echo', '/run/closed.sock', { type: 'INTERNAL' });
  const daemon = await startDaemon(text);
  expect(daemon.log).toContain('only_from has no uid: or gid:, so nobody may call');
  expect(await callAs(0, '/run/closed.sock').catch(() => '')).toBe('');
});

test('instances count by user', async () => {
  const attributes = { type: 'INTERNAL', socket_mode: '0666', per_source: 1 };
  await startDaemon(defaults() + onPath('echo', '/run/counted.sock', attributes));
  const held = connect('/run/counted.sock').on('error', () => {});
  await new Promise((resolve) => {
    held.once('data', resolve);
    held.write('x');
  });
  expect(await callAs(0, '/run/counted.sock', 'second').catch(() => '')).toBe('');
  expect(await callAs(1, '/run/counted.sock', 'other')).toBe('other');
  held.destroy();
});

test('a dead socket is replaced, a living one or a file is not', async () => {
  const name = '/run/stale.sock';
  await output('python3', ['-c', `import socket; socket.socket(socket.AF_UNIX).bind("${name}")`]);
  writeFileSync('/run/file.sock', 'kept');
  const echo = (id: string, path: string): string => onPath('echo', path, { type: 'INTERNAL', id });
  const daemon = await startDaemon(
    defaults() + echo('a', name) + echo('b', '/run/file.sock') + builtin('time', { port: freshPort() }),
  );
  expect(await callAs(0, name, 'alive')).toBe('alive');
  expect(daemon.log).toMatch(/bind failed \(Address already in use \(errno = 98\)\)\. service = b/);
  const second = await startDaemon(defaults() + echo('c', name) + builtin('time', { port: freshPort() }));
  expect(second.log).toMatch(/bind failed \(Address already in use \(errno = 98\)\)\. service = c/);
  expect(await callAs(0, name, 'still')).toBe('still');
});

test('the file goes with the service, unless another has taken its place', async () => {
  const [one, two] = ['/run/one.sock', '/run/two.sock'];
  const echo = (path: string, id: string, more: Attributes = {}): string =>
    onPath('echo', path, { type: 'INTERNAL', id, ...more });
  const daemon = await startDaemon(defaults() + echo(one, 'one') + echo(two, 'two'));
  await daemon.reload(defaults() + echo(one, 'one', { socket_mode: '0666' }));
  expect([existsSync(two), lstatSync(one).mode & 0o777]).toEqual([false, 0o666]);
  expect(await callAs(1, one, 'open now')).toBe('open now');
  await daemon.stop();
  expect(existsSync(one)).toBe(false);
});

test('abstract names need no file', async () => {
  const rules = { type: 'INTERNAL', only_from: 'uid:0' };
  await startDaemon(defaults() + onPath('echo', '@abstract-echo', rules));
  const talk =
    'import socket; s = socket.socket(socket.AF_UNIX); s.connect("\\0abstract-echo"); s.send(b"hi"); print(s.recv(9))';
  expect(await output('python3', ['-c', talk])).toBe("b'hi'\n");
});

test('seqpacket connections keep their packets apart', async () => {
  await startDaemon(
    defaults() + onPath('packets', '/run/packets.sock', { socket_type: 'seqpacket', server: '/bin/cat' }),
  );
  const talk = `
import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect("/run/packets.sock")
s.send(b"one")
s.send(b"two")
print(s.recv(99), s.recv(99))
`;
  expect(await output('python3', ['-c', talk])).toBe("b'one' b'two'\n");
});

test('a server that waits accepts from the path itself', async () => {
  const accept = 'import socket; c, _ = socket.socket(fileno=0).accept(); c.send(b"accepted"); c.close()';
  writeFileSync('/run/accept.py', `#!/usr/bin/env python3\n${accept}\n`, { mode: 0o755 });
  await startDaemon(defaults() + onPath('waiting', '/run/waiting.sock', { wait: 'yes', server: '/run/accept.py' }));
  expect(await callAs(0, '/run/waiting.sock')).toBe('accepted');
  expect(await callAs(0, '/run/waiting.sock')).toBe('accepted');
});

test('a connection is passed on to a port', async () => {
  const port = freshPort();
  const redirected = onPath('front', '/run/front.sock', { redirect: `127.0.0.1 ${port}` });
  await startDaemon(defaults() + builtin('echo', { port, flags: 'IPv4' }) + redirected);
  expect(await callAs(0, '/run/front.sock', 'through')).toBe('through');
});

test('explain tells who may call', async () => {
  mkdirSync('/run/explained');
  const daemon = await startDaemon(
    defaults() + onPath('echo', '/run/explained/socket', { type: 'INTERNAL', only_from: 'gid:daemon' }),
  );
  await until('the control socket', () => existsSync('/run/xinetd-ts.sock'));
  const [program = '', ...words] = DAEMON;
  const ask = (caller: string) => run(program, [...words, 'explain', 'echo', caller, '-f', daemon.path('conf')]);
  expect(await ask('uid:7,gid:1')).toMatchObject({ status: 0 });
  const refused = await ask('uid:7');
  expect(refused).toMatchObject({ status: 1 });
  expect(refused.stdout).toContain('running daemon');
});

test('an upgrade keeps the socket and its file', async () => {
  const path = '/run/upgraded.sock';
  const daemon = await startDaemon(defaults() + onPath('echo', path, { type: 'INTERNAL' }));
  const { ino } = lstatSync(path);
  await until('the control socket', () => existsSync('/run/xinetd-ts.sock'));
  const [program = '', ...words] = DAEMON;
  await output(program, [...words, 'upgrade']);
  expect(lstatSync(path).ino).toBe(ino);
  expect(await callAs(0, path, 'after')).toBe('after');
  await daemon.stop();
  expect(existsSync(path)).toBe(false);
});
