// What the tests of the native core share: loopback sockets, a client, and an exit collector. Nothing here waits by the clock.
import { spawnSync } from 'node:child_process';
import type { SpawnSyncReturns } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import {
  closeFd,
  launch,
  launchProfile,
  localPort,
  openSocket,
  watchAccept,
  watchExits,
  type AcceptWatchOptions,
  type LaunchProfileSpec,
} from '../../src/native/binding.ts';
import type { SocketSpec } from '../../src/native/socket-kinds.ts';

export const LOOPBACK: SocketSpec = {
  family: 'ipv4',
  type: 'stream',
  protocol: 0,
  address: '127.0.0.1',
  port: 0,
  isV6Only: false,
  isNoDelay: false,
  isFreeBind: false,
  isKeepAlive: false,
  backlog: 4096,
};

/** A socket that is closed when the test ends. */
export function openForTest(changes: Partial<SocketSpec> = {}): number {
  const fd = openSocket({ ...LOOPBACK, ...changes });
  onTestFinished(() => closeFd(fd));
  return fd;
}

/** Watches a listener until the test ends. */
export function acceptForTest(fd: number, changes: Partial<AcceptWatchOptions>): ReturnType<typeof watchAccept> {
  const watch = watchAccept(fd, { convertMapped: false, onConnection: closeFd, onError: () => undefined, ...changes });
  onTestFinished(() => watch.close());
  return watch;
}

/** A client that is destroyed when the test ends. */
export function connectForTest(port: number, host = '127.0.0.1'): Socket {
  const client = connect({ port, host, allowHalfOpen: true });
  client.on('error', () => undefined);
  onTestFinished(() => {
    client.destroy();
  });
  return client;
}

export interface Connected {
  readonly fd: number;
  readonly client: Socket;
}

/** A connection of which the test owns both ends: a descriptor and a client. */
export async function connection(): Promise<Connected> {
  const listener = openSocket(LOOPBACK);
  const client = connectForTest(localPort(listener));
  const fd = await new Promise<number>((resolve) => {
    const watch = watchAccept(listener, {
      convertMapped: false,
      onConnection: (accepted) => {
        watch.close();
        closeFd(listener);
        resolve(accepted);
      },
      onError: () => undefined,
    });
  });
  return { fd, client };
}

/** Everything the client receives until the other side ends. */
export async function received(client: Socket): Promise<string> {
  let text = '';
  client.setEncoding('latin1');
  client.on('data', (chunk: string) => {
    text += chunk;
  });
  await new Promise((resolve) => client.once('close', resolve).once('end', () => client.end()));
  return text;
}

export interface Exit {
  readonly pid: number;
  readonly status: number | undefined;
  readonly signal: number | undefined;
  readonly step: string | undefined;
  readonly errno: number;
}

/** Collects exits until the test ends. */
export function exitsForTest(): { of(pid: number): Promise<Exit> } {
  const seen = new Map<number, Exit>();
  const waiting = new Map<number, (exit: Exit) => void>();
  const watch = watchExits((...facts) => {
    const [pid, status, signal, step, errno] = facts;
    const exit = { pid, status, signal, step, errno };
    const resolve = waiting.get(pid);
    if (resolve === undefined) seen.set(pid, exit);
    else resolve(exit);
  });
  onTestFinished(() => watch.close());
  return {
    of: async (pid) => seen.get(pid) ?? (await new Promise<Exit>((resolve) => waiting.set(pid, resolve))),
  };
}

export const SHELL: LaunchProfileSpec = {
  path: '/bin/sh',
  argv: ['sh'],
  env: ['PATH=/usr/bin:/bin'],
  directory: '/',
  ids: undefined,
  umask: undefined,
  nice: undefined,
  rlimits: [],
};

/** A profile that runs a shell script. */
export function script(text: string, changes: Partial<LaunchProfileSpec> = {}): LaunchProfileSpec {
  return { ...SHELL, argv: ['sh', '-c', text], ...changes };
}

/** Launches on a fresh connection; what the client received and how the server ended. */
export async function serve(
  spec: LaunchProfileSpec,
  extraEnv: readonly string[] = [],
): Promise<{ output: string; exit: Exit }> {
  const exits = exitsForTest();
  const { fd, client } = await connection();
  const output = received(client);
  const pid = launch(launchProfile(spec), fd, extraEnv);
  closeFd(fd);
  return { output: await output, exit: await exits.of(pid) };
}

export interface Uncaught {
  readonly messages: readonly string[];
  count(wanted: number): Promise<undefined>;
}

/** Collects uncaught exceptions, in place of the runner, until the test ends. */
export function catchUncaught(): Uncaught {
  const messages: string[] = [];
  const waiting: { readonly wanted: number; readonly resolve: (nothing: undefined) => void }[] = [];
  const runners = process.listeners('uncaughtException');
  const tell = (): void => {
    for (const { wanted, resolve } of waiting) if (messages.length >= wanted) resolve(undefined);
  };
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => {
    messages.push(error.message);
    tell();
  });
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException');
    for (const runner of runners) process.on('uncaughtException', runner);
  });
  return {
    messages,
    count: (wanted) =>
      new Promise((resolve) => {
        waiting.push({ wanted, resolve });
        tell();
      }),
  };
}

/** Runs a program that has the native core as `core`, in a process that may end in any way. */
export function inAnotherProcess(program: string, options: readonly string[] = []): SpawnSyncReturns<string> {
  const addon = fileURLToPath(new URL('../../build/Release/xinetd-ts.node', import.meta.url));
  const prelude = `const core = require(${JSON.stringify(addon)});
    core.initialise(class extends Error { constructor(call, errno) { super(call + ' ' + errno); } });`;
  return spawnSync(process.execPath, [...options, '-e', prelude + program], { encoding: 'utf8' });
}
