import { describe, expect, test } from 'vitest';

import { closeFd } from '../../src/native/binding.ts';
import { connectedPair, readAll } from '../support/sockets.ts';

describe('a connection', () => {
  test('closes its descriptor once', async () => {
    const { client, connection } = await connectedPair();
    connection.close();
    connection.close();
    expect(connection.fd).toBe(-1);
    expect(await readAll(client)).toHaveLength(0);
    client.destroy();
  });

  test('leaves a released descriptor to its new owner', async () => {
    const { client, connection } = await connectedPair();
    const fd = connection.release();
    connection.close();
    expect([fd >= 0, connection.fd, connection.release()]).toEqual([true, -1, -1]);
    closeFd(fd);
    expect(await readAll(client)).toHaveLength(0);
    client.destroy();
  });
});
