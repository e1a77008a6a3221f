// Launching: what a server finds when it starts, and what is told when it could not be started.
import { describe, expect, test } from 'vitest';
import { script, serve, SHELL } from './support.ts';

describe('a launched server', () => {
  test('has the connection as 0, 1 and 2', async () => {
    const { output, exit } = await serve(script('echo out; echo err >&2; exit 7'));
    expect(output).toBe('out\nerr\n');
    expect(exit).toMatchObject({ status: 7, signal: undefined, step: undefined, errno: 0 });
  });
  test('is reported with step and errno when absent', async () => {
    const { output, exit } = await serve({ ...SHELL, path: '/nonexistent' });
    expect(output).toBe('');
    expect(exit).toMatchObject({ status: 126, step: 'execve', errno: 2 });
  });
});
