import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { survivor, survivorsOf } from '../../src/daemon/survivors.ts';

const CLOCKS = { monotonicMs: 10_000, wallMs: 20_000 };

function found(variables: Readonly<Record<string, string>>) {
  return survivor(7, new Map(Object.entries(variables)), 4000, CLOCKS);
}

describe('a server of a program that crashed', () => {
  test('is known by its environment', () => {
    const caller = { REMOTE_HOST: '::ffff:192.0.2.1', REMOTE_PORT: '4711', XINETD_CONN_ID: '99-12' };
    expect(found({ XINETD_SERVICE: 'Cat', ...caller })).toMatchObject({
      pid: 7,
      serviceKey: 'cat',
      requestNumber: 12,
      source: { family: 4, plain: '192.0.2.1', text: '::ffff:192.0.2.1', port: 4711 },
      startedAtMs: 6000,
      startedAt: new Date(16_000),
    });
  });

  test('may have no caller, or one on a unix socket', () => {
    expect(found({ XINETD_SERVICE: 'cat', REMOTE_HOST: '<no address>' })?.source).toBeUndefined();
    const person = { REMOTE_UID: '1000', REMOTE_GID: '100', REMOTE_PID: '5' };
    expect(found({ XINETD_SERVICE: 'cat', ...person })?.source?.plain).toBe('uid:1000');
  });

  test('says what it likes, and is believed where that can be true', () => {
    const lies = { REMOTE_HOST: 'x\ny', REMOTE_UID: '-1', REMOTE_PORT: '9x', XINETD_CONN_ID: '1-99999999999999999999' };
    expect(found({ XINETD_SERVICE: 'cat', ...lies })).toMatchObject({ source: undefined, requestNumber: 0 });
    expect(found({ XINETD_SERVICE: 'cat', REMOTE_HOST: '192.0.2.1', REMOTE_PORT: '9x' })?.source?.port).toBe(0);
  });

  test('is none without the name of a service', () => {
    expect(found({ REMOTE_HOST: '192.0.2.1' })).toBeUndefined();
  });
});

test('survivors are children of the process', async () => {
  const env = { XINETD_SERVICE: 'cat', REMOTE_HOST: '192.0.2.1' };
  const children = [env, {}].map((variables) => spawn('/bin/sleep', ['60'], { env: variables }));
  onTestFinished(() => children.forEach((child) => child.kill('SIGKILL')));
  await Promise.all(children.map((child) => once(child, 'spawn')));
  const survivors = survivorsOf(process.pid, CLOCKS);
  expect(survivors).toMatchObject([{ pid: children[0]?.pid, serviceKey: 'cat', source: { plain: '192.0.2.1' } }]);
  expect(CLOCKS.monotonicMs - (survivors[0]?.startedAtMs ?? 0)).toBeLessThan(5000);
});

test('nobody survives where nothing can be read', () => {
  expect(survivorsOf(2 ** 30, CLOCKS)).toEqual([]);
});
