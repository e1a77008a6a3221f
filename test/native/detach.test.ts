// Becoming a daemon: how the detached program starts, and what the status pipe says.
import { createReadStream } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { descriptorLimit, spawnDetached } from '../../src/native/binding.ts';
import { exitsForTest } from './support.ts';

async function textOf(fd: number): Promise<string> {
  const stream = createReadStream('', { fd, encoding: 'utf8' });
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

describe('a detached program', () => {
  test.each([3, 9])('speaks through the pipe that is its descriptor %i', async (number) => {
    const exits = exitsForTest();
    const facts = 'ls /proc/self/fd; readlink /proc/self/fd/0 /proc/$$/fd/1; cut -d" " -f6 /proc/$$/stat';
    const { pid, statusFd } = spawnDetached(
      '/bin/sh',
      ['sh', '-c', `(${facts}) 1>&${number}`],
      ['PATH=/usr/bin:/bin'],
      number,
    );
    const lines = (await textOf(statusFd)).trim().split('\n');
    const { status } = await exits.of(pid);
    const listed = number === 3 ? ['0', '1', '2', '3', '4'] : ['0', '1', '2', '3', '9'];
    expect(lines).toEqual([...listed, '/dev/null', '/dev/null', String(pid)]);
    expect(status).toBe(0);
  });
  test('that is missing is an error here', () => {
    expect(() => spawnDetached('/nonexistent', ['x'], [], 3)).toThrow(
      expect.objectContaining({ call: 'execve', errno: 2, subject: '/nonexistent' }),
    );
  });
  test('cannot have its pipe as a standard descriptor', () => {
    expect(() => spawnDetached('/bin/true', ['true'], [], 2)).toThrow(TypeError);
  });
});

describe('the descriptor limit', () => {
  test('has a soft and a hard part', () => {
    const { soft, hard } = descriptorLimit();
    expect(soft).toBeGreaterThan(0);
    expect(hard).toBeGreaterThanOrEqual(soft);
  });
});
