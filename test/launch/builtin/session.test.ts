import { fstatSync, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { openSession } from '../../../src/launch/builtin/session.ts';
import { connectedPair, deferred, readAll } from '../../support/sockets.ts';

describe('a session', () => {
  test('ends where its descriptor cannot be watched', async () => {
    const fd = openSync('/dev/null', 'r');
    const { promise, resolve } = deferred<void>();
    let hasReturned = false;
    openSession(
      fd,
      'read',
      () => 'end',
      () => {
        expect(hasReturned).toBe(true);
        resolve();
      },
    );
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
      resolve,
    );
    client.end();
    await promise;
    session.stop();
    await readAll(client);
    expect(steps).toBe(1);
    client.destroy();
  });
});
