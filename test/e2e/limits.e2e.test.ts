// instances and per_source stay exact: whatever kills the servers, reloads and the pauses of cps do in between.

import { expect, test } from 'vitest';
import { call, exchange } from './support/clients.ts';
import type { Conversation } from './support/clients.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';
import type { Daemon } from './support/daemon.ts';
import { childrenOf } from './support/processes.ts';
import { until } from './support/wait.ts';

const LIMITED = { server: '/bin/cat', instances: 3, per_source: 2 };

/** The servers that a burst of callers got, all of them still running. */
async function fill(port: number): Promise<readonly Conversation[]> {
  const callers = Array.from({ length: 12 }, (_, index) => call(port, { from: `127.0.0.${70 + (index % 4)}` }));
  const talking = await Promise.all(callers);
  for (const caller of talking) caller.say('x');
  const answers = talking.map(async (caller) => {
    const isOver = caller.ends().then(() => false);
    return Promise.race([
      caller.hears(/x/).then(
        () => true,
        () => false,
      ),
      isOver.catch(() => false),
    ]);
  });
  const isServed = await Promise.all(answers);
  return talking.filter((_, index) => isServed[index]);
}

async function emptied(daemon: Daemon): Promise<void> {
  await until('no server is left', () => childrenOf(daemon.pid).length === 0);
}

test('limits are exact after kills, reloads and pauses', async () => {
  const port = freshPort();
  const text = (change: Record<string, string | number> = {}): string =>
    defaults() + service('cat', { port, ...LIMITED, cps: '100 2', ...change });
  const daemon = await startDaemon(text());
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGSEGV'] as const) {
    expect(await fill(port)).toHaveLength(3);
    for (const { pid } of childrenOf(daemon.pid)) process.kill(pid, signal);
    await emptied(daemon);
  }
  const held = await fill(port);
  await daemon.reload(text({ instances: 4 }));
  const more = await call(port, { from: '127.0.0.90' });
  more.say('x');
  await more.hears(/x/);
  expect(await exchange(port, { from: '127.0.0.91' })).toBe('');
  await daemon.reload(text({ instances: 4, nice: 1 }));
  expect(await exchange(port, { from: '127.0.0.91' })).toBe('');
  for (const caller of [...held, more]) caller.hangUp();
  await emptied(daemon);

  await daemon.reload(text());
  const kept = await fill(port);
  expect(kept).toHaveLength(3);
  await Promise.all(Array.from({ length: 300 }, () => exchange(port).catch(() => '')));
  await daemon.logs(/Deactivating service cat/);
  await daemon.logs(/Activating service cat/);
  expect(await exchange(port, { from: '127.0.0.92' })).toBe('');
  kept[0]?.hangUp();
  await until('one has gone', () => childrenOf(daemon.pid).length === 2);
  const next = await call(port, { from: '127.0.0.92' });
  next.say('x');
  await next.hears(/x/);
  expect(await exchange(port, { from: '127.0.0.93' })).toBe('');
  daemon.signal('SIGABRT');
  await daemon.logs(/Consistency check passed/);
  expect(daemon.log).not.toMatch(/detected \d+ errors/);
  for (const caller of [...kept, next]) caller.hangUp();
});
