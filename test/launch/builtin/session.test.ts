import { fstatSync, openSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { openSession } from '../../../src/launch/builtin/session.ts';
import type { Next } from '../../../src/launch/builtin/session.ts';
import { receiveNow } from '../../../src/native/binding.ts';
import { connectedPair, deferred, readAll } from '../../support/sockets.ts';

afterEach(() => vi.useRealTimers());

describe('a session', () => {
  test('ends where its descriptor cannot be watched', async () => {
    const fd = openSync('/dev/null', 'r');
    const { promise, resolve } = deferred<void>();
    let hasReturned = false;
    openSession(fd, 'read', () => 'end', {
      onEnd: () => {
        expect(hasReturned).toBe(true);
        resolve();
      },
      idleMs: Infinity,
    });
    hasReturned = true;
    await promise;
    expect(() => fstatSync(fd)).toThrow('EBADF');
  });

  test('steps no more once it has ended', async () => {
    const { client, connection } = await connectedPair();
    const { promise, resolve } = deferred<void>();
    let steps = 0;
    const session = openSession(
      connection.release(),
      'read',
      () => {
        steps += 1;
        return 'end';
      },
      { onEnd: resolve, idleMs: Infinity },
    );
    client.end();
    await promise;
    session.stop();
    await readAll(client);
    expect(steps).toBe(1);
    client.destroy();
  });

  test('ends when its client is idle for too long', async () => {
    const { client, connection } = await connectedPair();
    const { promise, resolve } = deferred<void>();
    openSession(connection.release(), 'read', () => 'read', { onEnd: resolve, idleMs: 10 });
    expect(await readAll(client)).toHaveLength(0);
    await promise;
    client.destroy();
  });

  test('is idle from the last thing that happened', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { client, connection } = await connectedPair();
    const [step, end] = [deferred<void>(), deferred<void>()];
    let ends = 0;
    const onEnd = (): void => {
      ends += 1;
      end.resolve();
    };
    const fd = connection.release();
    const takeByte = (): Next => {
      receiveNow(fd, new Uint8Array(1));
      step.resolve();
      return 'read';
    };
    openSession(fd, 'read', takeByte, { onEnd, idleMs: 1000 });
    vi.advanceTimersByTime(999);
    client.write('x');
    await step.promise;
    vi.advanceTimersByTime(999);
    expect(ends).toBe(0);
    vi.advanceTimersByTime(1);
    await end.promise;
    client.destroy();
  });

  test('never ends for idleness without a limit', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { client, connection } = await connectedPair();
    openSession(connection.release(), 'read', () => 'read', { onEnd: () => {}, idleMs: Infinity }).stop();
    expect(vi.getTimerCount()).toBe(0);
    client.destroy();
  });
});
