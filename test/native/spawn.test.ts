// Launching: what a server finds when it starts, and what is told when it could not be started.
import { readdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closeFd, launch, launchProfile, setBlocking, watchReadable } from '../../src/native/binding.ts';
import { connection, exitsForTest, openForTest, received, script, serve, SHELL } from './support.ts';

const STATUS = { path: '/bin/cat', argv: ['cat', '/proc/self/status'] };

function field(status: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
}

describe('a launched server', () => {
  test('has the connection as 0, 1 and 2', async () => {
    const { output, exit } = await serve(script('echo out; echo err >&2; exit 7'));
    expect(output).toBe('out\nerr\n');
    expect(exit).toMatchObject({ status: 7, signal: undefined, step: undefined, errno: 0 });
  });
  test('reads what the client sent before it started', async () => {
    const exits = exitsForTest();
    const { fd, client } = await connection();
    await new Promise((resolve) => client.end('early words\n', () => resolve(undefined)));
    const output = received(client);
    const pid = launch(launchProfile(script('cat')), fd, []);
    closeFd(fd);
    expect(await output).toBe('early words\n');
    expect((await exits.of(pid)).status).toBe(0);
  });
  test('inherits no other descriptor', async () => {
    const { output } = await serve({ ...SHELL, path: '/bin/ls', argv: ['ls', '/proc/self/fd'] });
    expect(output).toBe('0\n1\n2\n3\n');
  });
  test('ignores, blocks and catches no signal', async () => {
    const { output } = await serve({ ...SHELL, ...STATUS });
    const masks = ['SigIgn', 'SigBlk', 'SigCgt', 'SigPnd'].map((name) => field(output, name));
    expect(masks).toEqual(Array.from({ length: 4 }, () => '0000000000000000'));
  });
  test('leads its own session', async () => {
    const { output, exit } = await serve(script('cut -d" " -f5,6 /proc/$$/stat'));
    expect(output).toBe(`${exit.pid} ${exit.pid}\n`);
  });
  test('gets a blocking descriptor', async () => {
    const { output } = await serve({ ...SHELL, path: '/bin/cat', argv: ['cat', '/proc/self/fdinfo/0'] });
    const flags = Number.parseInt(field(output, 'flags'), 8);
    expect(flags & 0o4000).toBe(0);
  });
  test('gets its arguments, environment and directory', async () => {
    const spec = script('echo "$0 $1"; env; pwd', { env: ['PATH=/usr/bin:/bin', 'A=1'], directory: '/usr' });
    const { output } = await serve({ ...spec, argv: [...spec.argv, 'zero', 'one'] }, ['REMOTE_HOST=10.0.0.1', 'B=2']);
    expect(output.split('\n')).toEqual(
      expect.arrayContaining(['zero one', 'A=1', 'B=2', 'REMOTE_HOST=10.0.0.1', '/usr']),
    );
    expect(output).not.toContain('HOME=');
  });
  test('gets byte strings unchanged', async () => {
    const { output } = await serve({ ...SHELL, path: '/bin/echo', argv: ['echo', 'caf\u00e9 \u00ff'] });
    expect(output).toBe('caf\u00e9 \u00ff\n');
  });
  test('has the umask, niceness and limits asked for', async () => {
    const changes = {
      umask: 0o27,
      nice: 5,
      rlimits: [
        { resource: 'nofile', limit: 77 },
        { resource: 'core', limit: 0 },
      ],
    };
    const { output } = await serve(script('umask; nice; ulimit -Sn; ulimit -Hn; ulimit -c', changes));
    expect(output).toBe('0027\n5\n77\n77\n0\n');
  });
  test('may be started on descriptor 0, 1 or 2', async () => {
    const exits = exitsForTest();
    const pid = launch(launchProfile(script('test -e /proc/self/fd/2 && exit 9')), 2, []);
    expect(await exits.of(pid)).toMatchObject({ status: 9, step: undefined });
  });
});

describe('a server of wait = yes', () => {
  test('gets its listener in blocking mode again', async () => {
    const exits = exitsForTest();
    const listener = openForTest();
    const watch = watchReadable(listener, () => undefined);
    onTestFinished(() => watch.close());
    const blocking = script('grep -q "^flags:.*[4567]...$" /proc/self/fdinfo/0 && exit 1; exit 0');
    const before = await exits.of(launch(launchProfile(blocking), listener, []));
    watch.pause();
    setBlocking(listener, true);
    const after = await exits.of(launch(launchProfile(blocking), listener, []));
    expect([before.status, after.status]).toEqual([1, 0]);
  });
});

describe('a launch that fails', () => {
  test.each([
    ['a missing program', { path: '/nonexistent' }, 'execve', 2],
    ['a program that is a folder', { path: '/' }, 'execve', 13],
    ['a missing directory', { directory: '/nonexistent' }, 'chdir', 2],
    ['a limit above the kernel’s', { rlimits: [{ resource: 'nofile', limit: Infinity }] }, 'setrlimit', 1],
  ])('names step and errno of %s', async (_title, changes, step, errno) => {
    const { output, exit } = await serve({ ...SHELL, ...changes });
    expect(output).toBe('');
    expect(exit).toMatchObject({ status: 126, signal: undefined, step, errno });
  });
  test('names each of a thousand failures at once', async () => {
    const exits = exitsForTest();
    const good = launchProfile(script('exit 3'));
    const bad = launchProfile({ ...SHELL, path: '/nonexistent' });
    const pids = Array.from({ length: 1000 }, (_, i) => launch(i % 10 === 0 ? good : bad, 2, []));
    const seen = await Promise.all(pids.map((pid) => exits.of(pid)));
    expect(seen.filter((exit) => exit.step === 'execve' && exit.errno === 2)).toHaveLength(900);
    expect(seen.filter((exit) => exit.step === undefined && exit.status === 3)).toHaveLength(100);
  });
});

describe('signals to a just started child', () => {
  test('never run the handlers of the daemon', async () => {
    const exits = exitsForTest();
    let handled = 0;
    const count = (): void => {
      handled++;
    };
    process.on('SIGUSR2', count);
    onTestFinished(() => {
      process.off('SIGUSR2', count);
    });
    const profile = launchProfile(script('exec sleep 60'));
    const pids = Array.from({ length: 200 }, () => {
      const pid = launch(profile, 2, []);
      process.kill(pid, 'SIGUSR2');
      return pid;
    });
    const seen = await Promise.all(pids.map((pid) => exits.of(pid)));
    expect(seen.every((exit) => exit.signal === 12)).toBe(true);
    expect(handled).toBe(0);
  });
});

describe('profiles', () => {
  test('outlive the servers that were started with them', async () => {
    const exits = exitsForTest();
    const word = 'x'.repeat(1000);
    const pids = Array.from({ length: 300 }, () => launch(launchProfile(script(`test ${word} = ${word}`)), 2, []));
    const seen = await Promise.all(pids.map((pid) => exits.of(pid)));
    expect(seen.every((exit) => exit.status === 0 && exit.step === undefined)).toBe(true);
  });
  test('leave no descriptor behind', async () => {
    const before = readdirSync('/proc/self/fd').length;
    const exits = exitsForTest();
    const profile = launchProfile(script('exit 0'));
    await Promise.all(Array.from({ length: 50 }, () => exits.of(launch(profile, 0, []))));
    expect(readdirSync('/proc/self/fd')).toHaveLength(before);
  });
  test.each([
    ['a path with NUL', { path: '/bin/sh\0' }],
    ['an unknown resource', { rlimits: [{ resource: 'sbsize', limit: 1 }] }],
    ['a negative limit', { rlimits: [{ resource: 'cpu', limit: -1 }] }],
    ['the id that means unchanged', { ids: { uid: 4294967295, gid: 0, groups: [] } }],
    ['a group that is no id', { ids: { uid: 1, gid: 1, groups: [0.5] } }],
    ['a umask with more bits', { umask: 0o1000 }],
  ])('refuse %s', (_title, changes) => {
    expect(() => launchProfile({ ...SHELL, ...changes })).toThrow(TypeError);
  });
  test('refuse a NUL in the environment of one connection', () => {
    expect(() => launch(launchProfile(SHELL), 2, ['A=\0'])).toThrow(TypeError);
  });
});
