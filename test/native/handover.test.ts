// Another program takes a process over: tried with a small Node program, for the one that runs the tests must stay.
import { closeSync, readFileSync, writeSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  closeFd,
  execInPlace,
  memoryFile,
  openSocket,
  openUnixDatagram,
  sendDescriptor,
} from '../../src/native/binding.ts';
import { inAnotherProcess, LOOPBACK } from './support.ts';

describe('another program in the same process', () => {
  // It has to be Node: this library is preloaded into it.
  test('has the pid, the arguments, the environment and nothing but the kept descriptors', () => {
    const { stdout, stderr } = inAnotherProcess(`
      const kept = core.memoryFile('kept'), other = core.memoryFile('other');
      require('fs').writeSync(kept, 'here');
      const look = 'const fs = require("fs");' +
        'const [kept, other] = process.argv.slice(-2).map((fd) => { try { return fs.readFileSync("/proc/self/fd/" + fd, "latin1"); } catch { return "closed"; } });' +
        'console.log(process.pid, process.argv0, process.env.VARIABLE, kept, other);';
      require('fs').writeSync(1, process.pid + ' ');
      core.execInPlace(process.execPath, ['name', '-e', look, '--', kept, other].map(String), ['VARIABLE=value', 'LD_PRELOAD=' + (process.env.LD_PRELOAD ?? '')], [kept]);`);
    expect(stdout + stderr).toMatch(/^(\d+) \1 name value here closed\n$/);
  });

  test('may be unable to start, and then everything is as before', () => {
    const fd = memoryFile('kept');
    onTestFinished(() => closeSync(fd));
    expect(() => execInPlace('/nowhere', ['x'], [], [fd])).toThrow(
      expect.objectContaining({ call: 'execve', errno: 2, subject: '/nowhere' }),
    );
    expect(
      Number.parseInt(/flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '', 8),
    ).toBe(0o2100002);
  });

  test.each([
    ['a path', [1, ['x'], [], []]],
    ['arguments', ['/x', 'x', [], []]],
    ['an environment', ['/x', ['x'], {}, []]],
    ['descriptors', ['/x', ['x'], [], ['three']]],
  ])('needs %s', (_what, values) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- wrong on purpose
    expect(() => execInPlace(...(values as unknown as Parameters<typeof execInPlace>))).toThrow(TypeError);
  });
});

describe('a file in memory', () => {
  test('holds what is written', () => {
    const fd = memoryFile('name');
    onTestFinished(() => closeSync(fd));
    writeSync(fd, 'text');
    expect(readFileSync(`/proc/self/fd/${fd}`, 'latin1')).toBe('text');
  });
});

describe('sending a descriptor', () => {
  test('needs a socket', () => {
    const fd = memoryFile('file');
    onTestFinished(() => closeSync(fd));
    expect(() => sendDescriptor(fd, Buffer.from('x'), fd)).toThrow(
      expect.objectContaining({ call: 'sendmsg', errno: 88 }),
    );
  });

  test('needs somebody at the address', () => {
    expect(() => openUnixDatagram('@nobody of this name')).toThrow(
      expect.objectContaining({ call: 'connect', errno: 111 }),
    );
    closeFd(openSocket(LOOPBACK));
  });
});
