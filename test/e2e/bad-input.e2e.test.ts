// Configuration files of every bad shape: each gives a clear message and no crash, and what is good beside it serves.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { exchange } from './support/clients.ts';
import { output, run } from './support/command.ts';
import { builtin, defaults, freshPort } from './support/configuration.ts';
import { DAEMON, startDaemon } from './support/daemon.ts';

const DATE = /^\d\d [A-Z]{3} \d{4}/;
const SHAPES = '/run/shapes';

beforeAll(async () => {
  mkdirSync(`${SHAPES}/folder`, { recursive: true });
  await output('mkfifo', [`${SHAPES}/fifo`]);
  symlinkSync(`${SHAPES}/loop`, `${SHAPES}/loop`);
  await output('truncate', ['-s', '300M', `${SHAPES}/huge`]);
  writeFileSync(`${SHAPES}/self`, `include ${SHAPES}/self\n`);
  writeFileSync(`${SHAPES}/endless-line`, `service x\n{\n\tserver_args = ${'a '.repeat(5_000_000)}\n}\n`);
  writeFileSync(`${SHAPES}/binary`, Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 7919) % 256)));
  writeFileSync(`${SHAPES}/braces`, `service x\n${'{\n'.repeat(100_000)}`);
  writeFileSync(`${SHAPES}/unclosed`, 'service x\n{\n\tport = 80\n');
});

/** Shapes that are not a configuration: the path, and what the message must name. */
const SHAPE_PATHS = [
  ['a FIFO', `${SHAPES}/fifo`],
  ['a device', '/dev/zero'],
  ['a link to itself', `${SHAPES}/loop`],
  ['an absent file', `${SHAPES}/absent`],
  ['a huge file', `${SHAPES}/huge`],
  ['a file that includes itself', `${SHAPES}/self`],
  ['an endless line', `${SHAPES}/endless-line`],
  ['a binary file', `${SHAPES}/binary`],
  ['a heap of braces', `${SHAPES}/braces`],
  ['an unclosed service', `${SHAPES}/unclosed`],
] as const;

test.for(SHAPE_PATHS)('%s is named when it is included, and the rest serves', async ([, path]) => {
  const port = freshPort();
  const daemon = await startDaemon(`${defaults()}${builtin('daytime', { port })}include ${path}\n`);
  expect(await exchange(port)).toMatch(DATE);
  expect(daemon.log).toMatch(new RegExp(`(ERROR|WARNING): .*${path}`));
});

test.for([...SHAPE_PATHS, ['a folder', `${SHAPES}/folder`] as const])(
  '%s as main file fails the test with a message',
  async ([, path]) => {
    const [program = '', ...words] = DAEMON;
    const tested = await run(program, [...words, '-t', '-f', path], { limitMs: 5000 });
    expect(tested.signal).toBeNull();
    expect(tested.status).toBe(1);
    expect(tested.stderr + tested.stdout).toContain(path);
    expect(tested.stderr).not.toMatch(/^\s+at /m);
  },
);

test('a folder that is included reads as empty, and the rest serves', async () => {
  const port = freshPort();
  await startDaemon(`${defaults()}${builtin('daytime', { port })}include ${SHAPES}/folder\n`);
  expect(await exchange(port)).toMatch(DATE);
});

test('lines that end as on Windows are read', async () => {
  const port = freshPort();
  await startDaemon((defaults() + builtin('daytime', { port })).replaceAll('\n', '\r\n'));
  expect(await exchange(port)).toMatch(DATE);
});

test('ten thousand files in a folder are read', async () => {
  const port = freshPort();
  mkdirSync(`${SHAPES}/many`);
  for (let file = 0; file < 10_000; file += 1) writeFileSync(`${SHAPES}/many/f${file}`, '# nothing\n');
  writeFileSync(`${SHAPES}/many/last`, builtin('daytime', { port }));
  await startDaemon(`${defaults()}includedir ${SHAPES}/many\n`);
  expect(await exchange(port)).toMatch(DATE);
});

test('a good file passes the test in silence of errors', async () => {
  writeFileSync(`${SHAPES}/good`, defaults() + builtin('daytime', { port: 29_998 }));
  const [program = '', ...words] = DAEMON;
  const tested = await run(program, [...words, '-t', '-f', `${SHAPES}/good`], { limitMs: 5000 });
  expect(tested.status).toBe(0);
  expect(tested.stderr + tested.stdout).not.toMatch(/error/i);
});
