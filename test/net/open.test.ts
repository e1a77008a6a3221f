import { describe, expect, test } from 'vitest';

import { closeFd } from '../../src/native/binding.ts';
import { BIND_RETRIES, openEndpoint, openEndpointPatiently } from '../../src/net/open.ts';
import type { OpenNote } from '../../src/net/open.ts';
import { listen, loopback } from '../support/sockets.ts';

const EADDRINUSE = 98;
const EPROTONOSUPPORT = 93;

describe('openEndpoint', () => {
  test('opens without a word', () => {
    const notes: OpenNote[] = [];
    const result = openEndpoint(loopback(), (note) => notes.push(note));
    if (result.ok) closeFd(result.socket.fd);
    expect([result.ok, notes]).toEqual([true, []]);
  });

  test('tries ten times more where the port is taken', () => {
    const holder = listen(loopback(), {});
    const notes: OpenNote[] = [];
    const result = openEndpoint(loopback({ port: holder.port }), (note) => notes.push(note));
    holder.close();
    expect(result).toMatchObject({ ok: false, error: { call: 'bind', errno: EADDRINUSE } });
    expect(notes.map(({ kind }) => kind)).toEqual([
      'bind-failed',
      ...Array.from({ length: BIND_RETRIES }, () => ['bind-retry', 'bind-failed']).flat(),
    ]);
    expect(notes.at(-2)).toEqual({ kind: 'bind-retry', attempt: BIND_RETRIES });
  });

  test('falls back to IPv4 where IPv6 sockets cannot be created', () => {
    const notes: OpenNote[] = [];
    const endpoint = loopback({ bind: undefined });
    const spec = { ...endpoint.spec, protocol: 17 };
    const result = openEndpoint({ ...endpoint, spec }, (note) => notes.push(note));
    if (result.ok) closeFd(result.socket.fd);
    expect(result).toMatchObject({ ok: true, socket: { spec: { family: 'ipv4' } } });
    expect(notes).toEqual([{ kind: 'ipv4-instead' }]);
  });

  test('gives up at once where no socket can be created', () => {
    const notes: OpenNote[] = [];
    const result = openEndpoint(loopback({ protocol: { name: 'udp', number: 17 } }), (note) => notes.push(note));
    expect(result).toMatchObject({ ok: false, error: { call: 'socket', errno: EPROTONOSUPPORT } });
    expect(notes).toEqual([]);
  });
});

describe('openEndpointPatiently', () => {
  test('opens as soon as the port is free', async () => {
    const holder = listen(loopback(), {});
    const notes: OpenNote[] = [];
    const result = await openEndpointPatiently(loopback({ port: holder.port }), 1, (note) => {
      notes.push(note);
      if (note.kind === 'bind-retry' && note.attempt === 2) holder.close();
    });
    if (result.ok) closeFd(result.socket.fd);
    expect([result.ok, notes.length]).toEqual([true, 4]);
  });

  test('gives up after the tenth retry', async () => {
    const holder = listen(loopback(), {});
    const notes: OpenNote[] = [];
    const result = await openEndpointPatiently(loopback({ port: holder.port }), 1, (note) => notes.push(note));
    holder.close();
    expect([result.ok, notes.length]).toEqual([false, 1 + 2 * BIND_RETRIES]);
  });
});
