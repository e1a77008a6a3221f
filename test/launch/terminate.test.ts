import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';

import { Children } from '../../src/launch/children.ts';
import type { Server } from '../../src/launch/children.ts';
import { terminate } from '../../src/launch/terminate.ts';

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Runs a shell script that says when it is ready; its end is noted in `children` as the reaper would. */
async function running(children: Children<ChildProcess>, script: string): Promise<Server<ChildProcess>> {
  const child = spawn('/bin/sh', ['-c', `${script}; echo ready; while :; do sleep 0.05; done`]);
  started.push(child);
  child.once('exit', () => children.reaped(child.pid ?? 0));
  await once(child.stdout, 'data');
  const server = {
    pid: child.pid ?? 0,
    isInProcess: false,
    serviceId: 'x',
    source: undefined,
    startedAtMs: 0,
    detail: child,
  };
  children.add(server);
  return server;
}

const finished = (begin: (onDone: () => void) => void): Promise<void> => new Promise((resolve) => begin(resolve));

describe('terminate', () => {
  test('is done when every server has obeyed', async () => {
    const children = new Children<ChildProcess>();
    const servers = [await running(children, ':'), await running(children, ':')];
    await finished((onDone) => terminate(children, servers, { signal: 'SIGTERM', killAfterMs: undefined, onDone }));
    expect(children.total).toBe(0);
    expect(servers.map(({ detail }) => detail.signalCode)).toEqual(['SIGTERM', 'SIGTERM']);
  });

  test('kills the deaf when the time is over', async () => {
    const children = new Children<ChildProcess>();
    const deaf = await running(children, 'trap "" TERM');
    await finished((onDone) => terminate(children, [deaf], { signal: 'SIGTERM', killAfterMs: 30, onDone }));
    expect(deaf.detail.signalCode).toBe('SIGKILL');
  });

  test('kills at once when told to', async () => {
    const children = new Children<ChildProcess>();
    const deaf = await running(children, 'trap "" TERM');
    await finished((onDone) => {
      const termination = terminate(children, [deaf], { signal: 'SIGTERM', killAfterMs: undefined, onDone });
      expect(termination.remaining()).toBe(1);
      termination.killNow();
    });
    expect(deaf.detail.signalCode).toBe('SIGKILL');
  });

  test('is done at once with nobody to end', () => {
    const children = new Children<string>();
    const gone = { pid: 1, isInProcess: false, serviceId: 'x', source: undefined, startedAtMs: 0, detail: '' };
    let done = 0;
    terminate(children, [gone], { signal: 'SIGTERM', killAfterMs: 1, onDone: () => (done += 1) });
    expect(done).toBe(1);
  });

  test('never signals a server inside this process', () => {
    const children = new Children<string>();
    const inside = {
      pid: process.pid,
      isInProcess: true,
      serviceId: 'x',
      source: undefined,
      startedAtMs: 0,
      detail: '',
    };
    children.add(inside);
    expect(terminate(children, [inside], { signal: 'SIGKILL', killAfterMs: undefined }).remaining()).toBe(0);
  });

  test('waits no longer once abandoned', async () => {
    const children = new Children<ChildProcess>();
    const server = await running(children, ':');
    let done = 0;
    const termination = terminate(children, [server], { signal: 'SIGTERM', killAfterMs: 1, onDone: () => (done += 1) });
    termination.abandon();
    await once(server.detail, 'exit');
    expect([done, children.total]).toEqual([0, 0]);
  });
});
