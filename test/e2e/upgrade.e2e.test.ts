// `xinetd-ts upgrade`: the program is replaced in its own process. Nobody is refused, servers live on and leave true EXIT
// lines, and what limits and rates have counted goes on counting.

import { readlinkSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { call, datagram, exchange } from './support/clients.ts';
import type { Conversation } from './support/clients.ts';
import { output, run } from './support/command.ts';
import type { CommandResult } from './support/command.ts';
import { startCompanion } from './support/companion.ts';
import { builtin, defaults, freshPort, service } from './support/configuration.ts';
import { DAEMON, daemonFolder, startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { childrenOf, isAlive, processes, statusField } from './support/processes.ts';
import { until } from './support/wait.ts';

const [PROGRAM = '', ...WORDS] = DAEMON;
const ask = (...words: readonly string[]): Promise<CommandResult> => run(PROGRAM, [...WORDS, ...words]);
const audited = defaults({
  log_type: 'FILE {audit}',
  log_on_success: 'PID HOST EXIT DURATION',
  log_on_failure: 'HOST',
});
const cat = (port: number, attributes: Readonly<Record<string, string>> = {}): string =>
  service('cat', { port, server: '/bin/cat', ...attributes });

/** Upgrades, and the daemon is another program afterwards. */
async function upgrade(): Promise<void> {
  expect(await ask('upgrade')).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/^upgraded from /),
  });
}

async function talk(port: number, from?: string): Promise<Conversation> {
  const client = await call(port, from === undefined ? {} : { from });
  client.say('hello\n');
  await client.hears(/hello\n$/);
  return client;
}

test('servers live on, count, and leave their EXIT lines', async () => {
  const port = freshPort();
  const daemon = await startDaemon(audited + cat(port, { instances: '1' }));
  const client = await talk(port);
  const [server] = childrenOf(daemon.pid);
  await upgrade();
  client.say('again\n');
  await client.hears(/again\n$/);
  expect(await exchange(port)).toBe('');
  process.kill(server?.pid ?? 0, 'SIGUSR1');
  const lines = await daemon.audits(3);
  expect(lines[0]).toContain(`START: cat pid=${server?.pid} `);
  expect(lines[1]).toMatch(/FAIL: cat service_limit from=/);
  expect(lines[2]).toMatch(new RegExp(`EXIT: cat signal=10 pid=${server?.pid} duration=\\d+\\(sec\\)$`));
  (await talk(port)).hangUp();
});

test('nobody is refused while one upgrade follows another', async () => {
  const port = freshPort();
  const daemon = await startDaemon(audited + cat(port));
  const before = daemon.pid;
  const over = new AbortController();
  const callAgain = async (): Promise<number> => {
    let calls = 0;
    for (; !over.signal.aborted; calls += 1) (await talk(port)).hangUp();
    return calls;
  };
  const callers = [callAgain(), callAgain()];
  for (let round = 0; round < 3; round += 1) await upgrade();
  over.abort();
  expect(Math.min(...(await Promise.all(callers)))).toBeGreaterThan(3);
  expect(daemon.pid).toBe(before);
});

const ANSWERS_THE_SECOND = `import socket
mine = socket.socket(fileno=0)
mine.recv(9)
text, caller = mine.recvfrom(9)
mine.sendto(text, caller)
`;

test('a server that waits keeps its socket, and the service goes on after it', async () => {
  const port = freshPort();
  const script = `${daemonFolder()}/second.py`;
  writeFileSync(script, ANSWERS_THE_SECOND);
  const waiter = { port, socket_type: 'dgram', protocol: 'udp', wait: 'yes', server: '/usr/bin/python3' };
  const daemon = await startDaemon(audited + service('second', { ...waiter, server_args: script }));
  const toss = (text: string): Promise<unknown> => datagram(port, text, { limitMs: 1 }).catch(() => 'no answer');
  await toss('one');
  await until('the server runs', () => childrenOf(daemon.pid).length === 1);
  await upgrade();
  expect(await datagram(port, 'two')).toBe('two');
  expect((await daemon.audits(2))[1]).toMatch(/EXIT: second status=0 pid=\d+ duration=\d+\(sec\)$/);
  await toss('three');
  await daemon.audits(3);
  expect(await datagram(port, 'four')).toBe('four');
});

test('a configuration with errors, or a program that does not work, changes nothing', async () => {
  const port = freshPort();
  const link = `${daemonFolder()}/xinetd-ts.js`;
  symlinkSync(DAEMON.at(-1) ?? '', link);
  const text = audited + cat(port);
  const daemon = await startDaemon(text, { command: [...DAEMON.slice(0, -1), link] });
  const client = await talk(port);
  daemon.configure(text.replace('instances', 'instances\n'));
  expect(await ask('upgrade')).toMatchObject({ status: 1, stderr: expect.stringMatching(/conf:\d+.* failed\n$/s) });
  daemon.configure(text);
  unlinkSync(link);
  writeFileSync(link, 'throw new Error("half installed")');
  expect(await ask('upgrade')).toMatchObject({ status: 1, stderr: expect.stringMatching(/half installed/) });
  unlinkSync(link);
  symlinkSync(DAEMON.at(-1) ?? '', link);
  await upgrade();
  client.say('still here\n');
  await client.hears(/still here\n$/);
  client.hangUp();
});

test('servers of a service that the new configuration lacks finish', async () => {
  const port = freshPort(2);
  const other = builtin('daytime', { port: port + 1 });
  const daemon = await startDaemon(audited + cat(port) + other);
  const client = await talk(port);
  daemon.configure(audited + other);
  await upgrade();
  await expect(call(port)).rejects.toThrow(/ECONNREFUSED/);
  client.hangUp();
  expect((await daemon.audits(2))[1]).toMatch(/EXIT: cat status=0 pid=\d+ duration=\d+\(sec\)$/);
  expect(JSON.parse((await ask('status', '--json')).stdout)).toMatchObject({ runningServers: 0 });
});

test('a service whose address changes gets another socket', async () => {
  const port = freshPort();
  const daemon = await startDaemon(audited + cat(port, { bind: '127.0.0.1' }));
  daemon.configure(audited + cat(port));
  await upgrade();
  const client = await call(port, { host: '::1' });
  client.hangUp();
});

test('rates, bans and what was served are remembered', async () => {
  const port = freshPort(3);
  const text =
    audited +
    cat(port, { cps: '1 600' }) +
    service('trap', { port: port + 1, server: '/bin/cat', flags: 'SENSOR', deny_time: '60' }) +
    cat(port + 2, { id: 'bounded', per_source_cps: '2' });
  const daemon = await startDaemon(text);
  (await talk(port + 2, '127.0.0.2')).hangUp();
  await exchange(port + 1, { from: '127.0.0.3' });
  await daemon.logs(/Adding (::ffff:)?127\.0\.0\.3 /);
  const calls = Array.from({ length: 3 }, () => exchange(port, { isHalfClosed: true }));
  await Promise.allSettled(calls);
  await daemon.logs(/Deactivating service cat/);
  await upgrade();
  const state = JSON.parse((await ask('status', '--json')).stdout);
  expect(state).toMatchObject({ bans: 1, services: [{ state: 'disabled' }, {}, { served: 1 }] });
  const facts = await ask('explain', '--json', 'bounded', '127.0.0.3', '-f', daemon.path('conf'));
  expect(facts.stdout).toMatch(/ban/i);
  await expect(call(port)).rejects.toThrow(/ECONNREFUSED/);
  expect(await exchange(port + 2, { from: '127.0.0.3' })).toBe('');
});

test('a client of a built-in service is cut with its EXIT line, a new one is served', async () => {
  const port = freshPort();
  const daemon = await startDaemon(audited + builtin('echo', { port }));
  const client = await talk(port);
  await until('the session is not young', async () => {
    const state = JSON.parse((await ask('status', '--json')).stdout);
    return state.services[0].servers[0].seconds >= 1;
  });
  await upgrade();
  await client.ends();
  expect((await daemon.audits(2))[1]).toMatch(/EXIT: echo signal=15 pid=\d+ duration=\d+\(sec\)$/);
  (await talk(port)).hangUp();
});

test('signals that come meanwhile wait for the next program', async () => {
  const port = freshPort();
  const daemon = await startDaemon(audited + cat(port));
  const over = new AbortController();
  const storm = async (): Promise<void> => {
    for (const signals = ['SIGHUP', 'SIGUSR2', 'SIGUSR1', 'SIGALRM', 'SIGINT'] as const; !over.signal.aborted;) {
      for (const signal of signals) daemon.signal(signal);
      process.kill(daemon.pid, 40);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const raging = storm();
  for (let round = 0; round < 3; round += 1) await upgrade();
  over.abort();
  await raging;
  expect(statusField(daemon.pid, 'SigBlk')).toMatch(/^0+$/);
  const before = daemon.log.length;
  daemon.signal('SIGHUP');
  await until('a reload', () => daemon.log.slice(before).includes('Reconfigured: '));
  (await talk(port)).hangUp();
});

test('servers see nothing of the change', async () => {
  const port = freshPort(2);
  const listing = { server: '/bin/ls', server_args: '-l /proc/self/fd' };
  const text =
    audited + service('env', { port, server: '/usr/bin/env' }) + service('ls', { port: port + 1, ...listing });
  await startDaemon(text);
  const [environment, descriptors] = [await exchange(port), await exchange(port + 1)];
  await upgrade();
  expect(variables(await exchange(port))).toEqual(variables(environment));
  expect(await exchange(port + 1)).toHaveLength(descriptors.length);
});

/** Names alone. */
function variables(text: string): readonly string[] {
  return text.split('\n').map((line) => line.slice(0, line.indexOf('=')));
}

test('messages and audit lines go where they went', async () => {
  const port = freshPort();
  const text = defaults({ log_type: 'STDOUT', log_on_success: 'PID' }) + builtin('daytime', { port });
  const daemon = await startDaemon(text);
  await upgrade();
  await exchange(port);
  await until('the line on standard output', () => /START: daytime pid=\d+/.test(daemon.said));
});

test('the successor of a successor reloads, and ends in order', async () => {
  const port = freshPort(2);
  const daemon = await startDaemon(audited + cat(port));
  await upgrade();
  await upgrade();
  await daemon.reload(audited + cat(port) + builtin('daytime', { port: port + 1 }));
  expect(await exchange(port + 1)).toMatch(/^\d\d [A-Z]{3}/);
  expect(await descriptorsOf(daemon)).toBeLessThan(40);
  expect(await daemon.stop()).toBe(0);
});

async function descriptorsOf({ pid }: Daemon): Promise<number> {
  return (await output('ls', [`/proc/${pid}/fd`])).split('\n').length;
}

test('a detached daemon stays one', async () => {
  const folder = daemonFolder();
  const port = freshPort();
  writeFileSync(`${folder}/conf`, defaults() + cat(port));
  const flags = ['-filelog', 'log', '-pidfile', 'pid', '-f', 'conf'];
  expect(await run(PROGRAM, [...WORDS, ...flags], { cwd: folder })).toMatchObject({ status: 0 });
  const daemon = await until('the daemon runs', () =>
    processes().find(({ commandLine }) => commandLine.includes('-filelog')),
  );
  afterTest(async () => {
    process.kill(daemon.pid, 'SIGTERM');
    await until('the daemon ends', () => !isAlive(daemon.pid));
  });
  await upgrade();
  (await talk(port)).hangUp();
  expect(readlinkSync(`/proc/${daemon.pid}/cwd`)).toBe('/');
});

test('an RPC service stays registered', async () => {
  startCompanion('rpcbind', ['-f']);
  const isUp = async (): Promise<boolean> => (await run('rpcinfo', ['-p', '127.0.0.1'])).status === 0;
  await until('rpcbind answers', isUp);
  const rstatd = { type: 'RPC', socket_type: 'dgram', protocol: 'udp', wait: 'yes', server: '/usr/sbin/rpc.rstatd' };
  const daemon = await startDaemon(audited + service('rstatd', { ...rstatd, rpc_version: '1-3' }));
  afterTest(() => childrenOf(daemon.pid).forEach(({ pid }) => process.kill(pid, 'SIGKILL')));
  const before = await output('rpcinfo', ['127.0.0.1']);
  await upgrade();
  expect(await output('rpcinfo', ['127.0.0.1'])).toBe(before);
  expect(await output('rpcinfo', ['-u', '127.0.0.1', '100001', '3'])).toMatch(/version 3 ready and waiting/);
  expect(daemon.log).not.toMatch(/pmap_set/);
});
