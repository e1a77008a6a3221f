// When the program itself fails: what Linux never says makes libuv abort, and a fresh program takes the process over with the
// listening sockets. Running servers live on; a program that keeps failing ends.

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { call, datagram, exchange } from './support/clients.ts';
import type { Conversation } from './support/clients.ts';
import { output } from './support/command.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { DAEMON, daemonFolder, startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { childrenOf } from './support/processes.ts';
import { injectMainFaults } from './support/strace.ts';
import { until } from './support/wait.ts';

const MOST_CRASHES = 5;
/** Says what a service on a path says. */
const LISTEN = `import socket, sys
theirs = socket.socket(socket.AF_UNIX)
theirs.connect(sys.argv[1])
print(theirs.makefile().read())
`;
const ANSWERS_TWO = `import socket
mine = socket.socket(fileno=0)
mine.setblocking(True)
for word in (b"one\\n", b"two\\n"):
    caller, _ = mine.accept()
    caller.sendall(word)
    caller.close()
`;

const CRASHED = /CRITICAL: \d+ \{crash_restart\} the program was ended by SIGABRT/g;

/** Makes the program of a process abort the next time it looks for events, and gives it a reason to look. */
async function abort(pid: number): Promise<() => Promise<unknown>> {
  const stop = await injectMainFaults(pid, 'epoll_wait,epoll_pwait', 'error=ENOMEM:when=1');
  process.kill(pid, 'SIGWINCH');
  return stop;
}

/** One crash, until the fresh program is at work. */
async function crash(daemon: Daemon): Promise<void> {
  const before = daemon.log.match(CRASHED)?.length ?? 0;
  const stop = await abort(daemon.pid);
  await daemon.logs(new RegExp(`(?:${CRASHED.source}[^]*){${before + 1}}Started working`));
  await stop();
}

/** What tells the listening sockets of this network apart, whoever has them. */
async function listening(): Promise<readonly string[] | null> {
  return (await output('ss', ['-Hlntue'])).match(/ino:\d+/g)?.toSorted() ?? null;
}

async function talk(port: number): Promise<Conversation> {
  const client = await call(port);
  client.say('hello\n');
  await client.hears(/hello\n$/);
  return client;
}

test('the sockets stay, and running servers live on', async () => {
  const port = freshPort(2);
  const daemon = await startDaemon(
    defaults() +
      service('cat', { port, server: '/bin/cat' }) +
      builtin('echo', { port: port + 1, socket_type: 'dgram', protocol: 'udp', wait: 'yes' }) +
      builtin('daytime', { type: 'INTERNAL', protocol: undefined, port: undefined, socket_path: '{folder}/time' }),
  );
  const { pid } = daemon;
  const client = await talk(port);
  const sockets = await listening();
  await crash(daemon);
  expect(daemon.pid).toBe(pid);
  expect(await listening()).toEqual(sockets);
  client.say('again\n');
  await client.hears(/again\n$/);
  client.hangUp();
  (await talk(port)).hangUp();
  expect(await datagram(port + 1, 'hello')).toBe('hello');
  expect(await output('python3', ['-c', LISTEN, daemon.path('time')])).toMatch(/\d\d:\d\d:\d\d/);
  await daemon.logs(/unknown child process \d+ died/);
});

test('running servers count, and leave their EXIT lines', async () => {
  const port = freshPort();
  const daemon = await startDaemon(
    defaults({ log_type: 'FILE {audit}', log_on_success: 'PID HOST EXIT DURATION', log_on_failure: 'HOST' }) +
      service('cat', { port, server: '/bin/cat', instances: '1' }),
  );
  const client = await talk(port);
  const [server] = childrenOf(daemon.pid);
  await daemon.audits(1);
  await crash(daemon);
  await daemon.logs(/took over 1 running server\n/);
  expect(await exchange(port)).toBe('');
  client.hangUp();
  const [, refused, ended] = await daemon.audits(3);
  expect(refused).toMatch(/FAIL: cat service_limit from=::ffff:127\.0\.0\.1$/);
  expect(ended).toMatch(new RegExp(`EXIT: cat status=0 pid=${server?.pid} duration=\\d+\\(sec\\)$`));
  (await talk(port)).hangUp();
});

test('a server that waits keeps its socket', async () => {
  const port = freshPort();
  const waiter = { port, wait: 'yes', server: '/usr/bin/python3' };
  const folder = daemonFolder();
  writeFileSync(`${folder}/waiter.py`, ANSWERS_TWO);
  const text = defaults() + service('waiter', { ...waiter, server_args: `${folder}/waiter.py` });
  const daemon = await startDaemon(text);
  expect(await exchange(port)).toBe('one\n');
  await crash(daemon);
  await until('the copy is gone, and no second one comes', () => childrenOf(daemon.pid).length === 1);
  expect(await exchange(port)).toBe('two\n');
  await until('it has ended', () => childrenOf(daemon.pid).length === 0);
  for (const word of ['one\n', 'two\n']) expect(await exchange(port)).toBe(word);
});

test('a service that a reload brought is planned for, one that it took is not', async () => {
  const port = freshPort(2);
  const cat = (at: number): string => service('cat', { id: `cat-${at}`, port: at, server: '/bin/cat' });
  const daemon = await startDaemon(defaults() + cat(port));
  await daemon.reload(defaults() + cat(port + 1));
  const sockets = await listening();
  expect(sockets).toHaveLength(1);
  await crash(daemon);
  expect(await listening()).toEqual(sockets);
  (await talk(port + 1)).hangUp();
});

test('an error that nobody owned is told, and a fresh program follows', async () => {
  const port = freshPort();
  const fault = `${daemonFolder()}/fault.cjs`;
  writeFileSync(fault, `process.on('SIGURG', () => { throw new Error('nobody owns this'); });`);
  const [node = '', ...words] = DAEMON;
  const daemon = await startDaemon(defaults() + service('cat', { port, server: '/bin/cat' }), {
    command: [node, '-r', fault, ...words],
  });
  const { pid } = daemon;
  daemon.signal('SIGURG');
  await daemon.logs(
    /CRITICAL: \d+ \{fault\} Error: nobody owns this\n[^]*the program met an error that nobody owned[^]*Started/,
  );
  expect(daemon.pid).toBe(pid);
  (await talk(port)).hangUp();
});

test('a daemon in the background stays there', async () => {
  const port = freshPort();
  const folder = daemonFolder();
  writeFileSync(`${folder}/conf`, defaults() + service('cat', { port, server: '/bin/cat' }));
  const [program = '', ...words] = DAEMON;
  const pidFile = `${folder}/pid`;
  await output(program, [...words, '-filelog', `${folder}/log`, '-pidfile', pidFile, '-f', `${folder}/conf`]);
  const pid = Number(readFileSync(pidFile, 'latin1'));
  afterTest(() => process.kill(pid, 'SIGKILL'));
  const log = (): string => readFileSync(`${folder}/log`, 'latin1');
  const stop = await abort(pid);
  await until('it is there again', () => /\{crash_restart\}[^]*Started working/.test(log()));
  await stop();
  (await talk(port)).hangUp();
  expect(Number(readFileSync(pidFile, 'latin1'))).toBe(pid);
});

test('a program that crashes again and again ends', async () => {
  const daemon = await startDaemon(defaults() + builtin('daytime', { port: freshPort() }));
  for (let crashes = 0; crashes < MOST_CRASHES; crashes += 1) await crash(daemon);
  await daemon.logs(/ERROR: 5 crashes within a minute: the next one is the end/);
  // It may be gone before anybody can see that it is traced.
  await abort(daemon.pid).catch(() => 'gone');
  expect(await until('it has ended', () => daemon.process.signalCode ?? undefined)).toBe('SIGABRT');
});

test('whoever debugs sees the first one', async () => {
  const text = defaults() + builtin('daytime', { port: freshPort() });
  const daemon = await startDaemon(text, { flags: ['-d'], ready: /(?:)/ });
  await until('it is at work', () => daemon.said.includes('Started working'));
  await abort(daemon.pid).catch(() => 'gone');
  expect(await until('it has ended', () => daemon.process.signalCode ?? undefined)).toBe('SIGABRT');
});
