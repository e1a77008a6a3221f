// A program that fails beyond repair, and the one that follows it in the same process.
import { describe, expect, test } from 'vitest';
import { cancelRestart, planRestart, restartNow } from '../../src/native/binding.ts';
import { inAnotherProcess } from './support.ts';

/** Plans a program that says its pid, what the record says, where it is, and what is left of a file that is not kept. */
const PLANNED = `
  const record = core.memoryFile('record'), other = core.memoryFile('other');
  require('fs').writeSync(record, 'planned|');
  const look = 'const fs = require("fs");' +
    'const [record, other] = process.argv.slice(-2).map((fd) => { try { return fs.readFileSync("/proc/self/fd/" + fd, "latin1"); } catch { return "closed"; } });' +
    'console.log([process.pid, record.trim(), other, process.cwd(), process.env.VARIABLE].join(" "));';
  const plan = (path = process.execPath) => core.planRestart(path, ['name', '-e', look, '--', record, other].map(String),
    ['VARIABLE=value', 'LD_PRELOAD=' + (process.env.LD_PRELOAD ?? '')], [record], '/usr');
  require('fs').writeSync(1, process.pid + ' ');`;
const OVERFLOW = 'const deeper = (n) => n + deeper(n + 1); deeper(0);';

describe('a program that ends by itself', () => {
  test('by abort() is followed by the planned one', () => {
    const { stdout } = inAnotherProcess(`${PLANNED} plan(); process.abort();`);
    expect(stdout).toMatch(/^(\d+) \1 planned\|6 [1-9]\d* closed \/usr value\n$/);
  });
  test('by a fault is followed by it, even where its stack is used up', () => {
    const { stdout } = inAnotherProcess(`${PLANNED} plan(); ${OVERFLOW}`, ['--stack-size=65000']);
    expect(stdout).toMatch(/^(\d+) \1 planned\|11 [1-9]\d* closed \/usr value\n$/);
  });
  test('because its memory is used up is followed by it', () => {
    const { stdout } = inAnotherProcess(
      `${PLANNED} plan(); const kept = []; for (;;) kept.push(new Array(9e4).fill({}));`,
      ['--max-old-space-size=16'],
    );
    expect(stdout).toMatch(/^(\d+) \1 planned\|6 [1-9]\d* closed \/usr value\n$/);
  });
  test('without a plan, or with one that is called off, ends', () => {
    for (const planned of ['', 'plan(); core.cancelRestart();'])
      expect(inAnotherProcess(`${PLANNED} ${planned} process.abort();`)).toMatchObject({ signal: 'SIGABRT' });
  });
  test('ends where the planned one cannot be started', () => {
    const { signal, stdout } = inAnotherProcess(`${PLANNED} plan('/nowhere'); process.abort();`);
    expect(signal).toBe('SIGABRT');
    expect(stdout).toMatch(/^\d+ $/);
  });
  test('is followed by what was planned last', () => {
    const { stdout } = inAnotherProcess(`${PLANNED} plan('/nowhere'); plan(); process.abort();`);
    expect(stdout).toMatch(/planned\|6 /);
  });
});

describe('a signal that somebody sends', () => {
  test('is no crash', () => {
    for (const signal of ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT'])
      expect(
        inAnotherProcess(`${PLANNED} plan(); process.kill(process.pid, '${signal}'); setTimeout(() => {}, 5000)`),
      ).toMatchObject({ signal });
  });
  test('is told where it is watched', () => {
    const { stdout } = inAnotherProcess(`${PLANNED}
      core.watchSignals([6], (number) => { console.log('told', number); core.closeSignals(); });
      plan();
      process.kill(process.pid, 'SIGABRT');`);
    expect(stdout).toMatch(/ told 6\n$/);
  });
});

describe('the planned program', () => {
  test('can be had at once, and nothing is noted then', () => {
    const { stdout } = inAnotherProcess(`${PLANNED} plan(); core.restartNow();`);
    expect(stdout).toMatch(/^(\d+) \1 planned\| closed \/usr value\n$/);
  });
  test('is missing where nothing was planned', () => {
    cancelRestart();
    expect(restartNow()).toBeUndefined();
  });
  test('may be one that cannot be started', () => {
    const { stderr } = inAnotherProcess(`${PLANNED} plan('/nowhere'); core.restartNow();`);
    expect(stderr).toContain('execve 2');
  });
  test.each([
    ['a path', [1, ['x'], [], [0], '/']],
    ['arguments', ['/x', 'x', [], [0], '/']],
    ['an environment', ['/x', ['x'], {}, [0], '/']],
    ['a record', ['/x', ['x'], [], [], '/']],
    ['a directory', ['/x', ['x'], [], [0], 1]],
  ])('needs %s', (_what, values) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- wrong on purpose
    expect(() => planRestart(...(values as unknown as Parameters<typeof planRestart>))).toThrow(TypeError);
  });
});
