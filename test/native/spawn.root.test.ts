// Launching as root: ids, and what only root may raise.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { script, serve, SHELL } from './support.ts';

const CAP_SYS_RESOURCE = 1n << 24n;
const NOBODY = { ids: { uid: 65534, gid: 65534, groups: [65534, 7, 3] } };

describe('a server of another user', () => {
  test('has that user, group and list of groups', async () => {
    const { output } = await serve({ ...SHELL, ...NOBODY, path: '/bin/cat', argv: ['cat', '/proc/self/status'] });
    expect(output).toMatch(/^Uid:(\t65534){4}$/m);
    expect(output).toMatch(/^Gid:(\t65534){4}$/m);
    expect(output).toMatch(/^Groups:\t3 7 65534 ?$/m);
    expect(output).toMatch(/^CapEff:\t0+$/m);
  });
  test('leaves every thread of the daemon as it was', async () => {
    await serve({ ...script('exit 0'), ...NOBODY });
    const threads = readdirSync('/proc/self/task').map((id) => readFileSync(`/proc/self/task/${id}/status`, 'latin1'));
    expect(threads.every((status) => /^Uid:(\t0){4}$/m.test(status) && /^Gid:(\t0){4}$/m.test(status))).toBe(true);
  });
  test('may be nicer to itself than the user could', async () => {
    const { output } = await serve({ ...script('nice'), ...NOBODY, nice: -5 });
    expect(output).toBe('-5\n');
  });
  test('gets a higher limit if the daemon may raise it', async () => {
    const hard = Number(readFileSync('/proc/self/limits', 'latin1').split('Max open files')[1]?.trim().split(/\s+/)[1]);
    const capabilities = BigInt(`0x${/CapEff:\t(\w+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]}`);
    const mayRaise = (capabilities & CAP_SYS_RESOURCE) !== 0n;
    const spec = { ...script('ulimit -Hn'), ...NOBODY, rlimits: [{ resource: 'nofile', limit: hard + 1 }] };
    const { output, exit } = await serve(spec);
    expect([output, exit.step]).toEqual(mayRaise ? [`${hard + 1}\n`, undefined] : ['', 'setrlimit']);
  });
  test('with no groups has none left', async () => {
    const { output } = await serve({ ...script('id -G'), ids: { uid: 65534, gid: 65534, groups: [] } });
    expect(output).toBe('65534\n');
  });
});
