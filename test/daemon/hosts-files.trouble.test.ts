// Too few descriptors: nothing is taken for missing, and nobody stays shut out when there are enough again.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { HostsFiles } from '../../src/daemon/hosts-files.ts';
import { PEOPLE } from '../policy/wrappers.ts';

const shortage = vi.hoisted(() => ({ isThere: false }));

vi.mock(import('node:fs/promises'), async (original) => {
  const real = await original();
  const open: typeof real.open = (...call) =>
    shortage.isThere
      ? Promise.reject(Object.assign(new Error('too many open files'), { code: 'EMFILE', errno: -24 }))
      : real.open(...call);
  return { ...real, open };
});

function filesIn(deny: string): HostsFiles {
  const etc = mkdtempSync(join(tmpdir(), 'hosts-files.'));
  onTestFinished(() => rmSync(etc, { recursive: true }));
  writeFileSync(join(etc, 'hosts.deny'), deny);
  let nowMs = 0;
  return new HostsFiles({ nowMs: () => (nowMs += 1000), log: () => {}, people: PEOPLE, strerror: String, etc });
}

test('the former tables stay', async () => {
  const files = filesIn('sh: ALL\n');
  const before = await files.current();
  shortage.isThere = true;
  expect(await files.current()).toBe(before);
});

test('nobody is let in before the files could be read once, and they are read when that is possible', async () => {
  const files = filesIn('sh: ALL\n');
  shortage.isThere = true;
  expect((await files.current()).deny.isBroken).toBe(true);
  shortage.isThere = false;
  expect((await files.current()).deny).toMatchObject({ isBroken: false, rules: [{ daemons: ['sh'] }] });
});
