import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';

import type { Connection } from '../../src/net/connection.ts';
import type { Endpoint } from '../../src/net/endpoint.ts';
import type { Listener, ListenerEvents } from '../../src/net/listener.ts';
import { deferred, dial, listen, loopback, readAll } from '../support/sockets.ts';

const EMFILE = 24;
const open: { readonly destroy: () => void }[] = [];

afterEach(() => {
  for (const thing of open.splice(0)) thing.destroy();
});

function listening(events: Partial<ListenerEvents>, endpoint: Endpoint = loopback()): Listener {
  const listener = listen(endpoint, events);
  open.push({ destroy: () => listener.close() });
  return listener;
}

async function client(port: number): Promise<Socket> {
  const socket = await dial(port);
  open.push(socket);
  return socket;
}

const isBlocking = (fd: number): boolean => {
  const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
  return (Number.parseInt(flags ?? '', 8) & 0o4000) === 0;
};

describe('a listener', () => {
  test('accepts and says who called', async () => {
    const { promise, resolve } = deferred<Connection>();
    const listener = listening({ onConnection: resolve, nowMs: () => 42 });
    listener.resume();
    const socket = await client(listener.port);
    const connection = await promise;
    expect(connection).toMatchObject({
      acceptedAtMs: 42,
      peer: { family: 4, text: '127.0.0.1', port: socket.localPort, words: [0x7f000001, 0, 0, 0] },
    });
    connection.close();
    expect(await readAll(socket)).toHaveLength(0);
  });

  test('keeps the mapped form of an IPv4 peer', async () => {
    const { promise, resolve } = deferred<Connection>();
    const listener = listening({ onConnection: resolve }, loopback({ bind: undefined }));
    listener.resume();
    await client(listener.port);
    const connection = await promise;
    expect(connection.peer).toMatchObject({ text: '::ffff:127.0.0.1', words: [0, 0, 0xffff, 0x7f000001] });
    connection.close();
  });

  test('leaves requests queued while suspended', async () => {
    const accepted: Connection[] = [];
    const first = deferred<void>();
    const listener = listening({
      onConnection: (connection) => {
        accepted.push(connection);
        listener.suspend();
        first.resolve();
      },
    });
    listener.resume();
    const sockets = await Promise.all([client(listener.port), client(listener.port)]);
    await first.promise;
    expect([accepted.length, listener.isSuspended]).toEqual([1, true]);
    const second = deferred<void>();
    listener.resume();
    open.push({ destroy: () => second.resolve() });
    while (accepted.length < 2) await new Promise((resolve) => setImmediate(resolve));
    for (const connection of accepted) connection.close();
    await Promise.all(sockets.map(readAll));
  });

  test('serves a burst without losing anybody', async () => {
    let count = 0;
    const all = deferred<void>();
    const listener = listening({
      onConnection: (connection) => {
        connection.close();
        count += 1;
        if (count === 200) all.resolve();
      },
    });
    listener.resume();
    const sockets = await Promise.all(Array.from({ length: 200 }, () => client(listener.port)));
    await all.promise;
    expect(sockets).toHaveLength(count);
  });

  test('refuses once closed, and closes once', async () => {
    const listener = listening({});
    listener.resume();
    const { port } = listener;
    listener.close();
    listener.close();
    listener.resume();
    expect(listener.fd).toBe(-1);
    const socket = connect(port, '127.0.0.1');
    await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a listener that is handed over', () => {
  test('says readable until it is handed over, and again afterwards', async () => {
    let turn = deferred<void>();
    let heard = 0;
    const listener = listening(
      {
        onReadable: () => {
          heard += 1;
          turn.resolve();
        },
      },
      loopback({ wait: true }),
    );
    listener.resume();
    await client(listener.port);
    await turn.promise;
    const fd = listener.handOver();
    expect([fd, isBlocking(fd)]).toEqual([listener.fd, true]);
    const before = heard;
    await client(listener.port);
    expect(heard).toBe(before);
    turn = deferred<void>();
    listener.resume();
    await turn.promise;
    expect(heard).toBeGreaterThan(before);
  });
});

function limitDescriptors(soft: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${soft}:`]);
}

/** Takes every descriptor below a lowered limit and gives them back. */
function exhaust(): () => void {
  const limit = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? '1024';
  limitDescriptors('256');
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch {
    return () => {
      for (const fd of taken) closeSync(fd);
      limitDescriptors(limit);
    };
  }
}

describe('a listener without descriptors', () => {
  test('rests, tells how long, and serves when relieved', async () => {
    const failures: [number, number][] = [];
    const twice = deferred<void>();
    const { promise, resolve } = deferred<Connection>();
    const listener = listening({
      onConnection: resolve,
      onAcceptFailure: (errno, pauseMs) => {
        failures.push([errno, pauseMs]);
        if (failures.length === 2) twice.resolve();
      },
    });
    const socket = await client(listener.port);
    const relieve = exhaust();
    try {
      listener.resume();
      await twice.promise;
    } finally {
      relieve();
    }
    const connection = await promise;
    expect(failures).toEqual([
      [EMFILE, 50],
      [EMFILE, 100],
    ]);
    connection.close();
    await readAll(socket);
  });

  test('forgets its rest when it is closed', async () => {
    const failed = deferred<void>();
    const listener = listening({ onAcceptFailure: () => failed.resolve() });
    await client(listener.port);
    const relieve = exhaust();
    try {
      listener.resume();
      await failed.promise;
      listener.close();
    } finally {
      relieve();
    }
    expect(listener.fd).toBe(-1);
  });
});
