// Identity servers (RFC 1413) as daemon and callers meet them: whose answer is written down, whose silence is bounded, and
// what IDONLY makes of it.

import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { afterTest } from './support/cell.ts';
import { call, exchange } from './support/clients.ts';
import type { Conversation } from './support/clients.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { startDaemon } from './support/daemon.ts';

const LOG = { log_type: 'FILE {audit}', log_on_success: 'HOST USERID', log_on_failure: 'HOST USERID' };
const hello = { server: '/bin/echo', server_args: 'hello' };

/** An identity server on 127.0.0.1; a reply of undefined is silence. Hands back the questions as they come. */
async function identify(reply: (question: string) => string | undefined): Promise<readonly string[]> {
  const questions: string[] = [];
  const server = createServer((socket) => {
    afterTest(() => socket.destroy());
    socket
      .on('error', () => undefined)
      .once('data', (bytes: Buffer) => {
        const question = bytes.toString('latin1').trim();
        questions.push(question);
        const text = reply(question);
        if (text !== undefined) socket.end(text, 'latin1');
      });
  });
  await new Promise<void>((resolve) => server.listen({ port: 113, host: '127.0.0.1' }, resolve));
  afterTest(() => server.close());
  return questions;
}

const alice = (question: string): string => `${question} : USERID : UNIX : alice\r\n`;

test('a caller is identified before it is served', async () => {
  const questions = await identify(alice);
  const port = freshPort();
  const daemon = await startDaemon(defaults(LOG) + service('hello', { ...hello, port }));
  const client = await call(port);
  const from = client.socket.localPort;
  await client.hears(/hello/);
  expect(questions).toEqual([`${from},${port}`]);
  const lines = await daemon.audits(2);
  expect(lines[0]).toMatch(/: USERID: hello UNIX : alice$/);
  expect(lines[1]).toMatch(/: START: hello from=::ffff:127\.0\.0\.1$/);
});

test('without an identity server the caller is served all the same', async () => {
  const port = freshPort();
  const daemon = await startDaemon(defaults(LOG) + service('hello', { ...hello, port }));
  expect(await exchange(port)).toBe('hello\n');
  expect((await daemon.audits(1))[0]).toMatch(/: START: hello /);
  expect(daemon.log).not.toMatch(/ERROR/);
});

test('IDONLY serves nobody without identity', async () => {
  const port = freshPort();
  const log = { ...LOG, log_on_success: 'PID HOST USERID EXIT' };
  const daemon = await startDaemon(defaults(log) + service('hello', { ...hello, port, flags: 'IDONLY' }));
  expect(await exchange(port)).toBe('');
  const lines = await daemon.audits(3);
  const { pid } = daemon;
  expect(lines[0]).toMatch(new RegExp(`: START: hello pid=${pid} from=::ffff:127\\.0\\.0\\.1$`));
  expect(lines[1]).toMatch(/: NOID: hello ::ffff:127\.0\.0\.1 no server$/);
  expect(lines[2]).toMatch(new RegExp(`: EXIT: hello status=0 pid=${pid}$`));
  await identify(alice);
  expect(await exchange(port)).toBe('hello\n');
});

test('a reply is logged on one line, whatever it is', async () => {
  const replies = [': USERID : UNIX : x\n26/11/21@00:00:00: START: forged %m\x1b[2J', ' nonsense \x1b[2J'];
  await identify((question) => `${question}${replies.shift()}\r\n`);
  const port = freshPort();
  const daemon = await startDaemon(defaults(LOG) + service('hello', { ...hello, port }));
  await exchange(port);
  const [first] = await daemon.audits(2);
  expect(first).toMatch(/: USERID: hello UNIX : x\\x0a26\/11\/21@00:00:00: START: forged %m\\x1b\[2J$/);
  await exchange(port);
  await daemon.logs(
    /ERROR: Bad line received from identity server at ::ffff:127\.0\.0\.1: \d+,\d+ nonsense \\x1b\[2J\n/,
  );
});

test('a refused caller is identified after the refusal', async () => {
  await identify(alice);
  const port = freshPort();
  const daemon = await startDaemon(defaults(LOG) + service('full', { port, server: '/bin/cat', instances: 0 }));
  expect(await exchange(port)).toBe('');
  const lines = await daemon.audits(2);
  expect(lines[0]).toMatch(/: FAIL: full service_limit from=::ffff:127\.0\.0\.1$/);
  expect(lines[1]).toMatch(/: USERID: full UNIX : alice$/);
});

test('a caller refused by its address is not asked about', async () => {
  const questions = await identify(alice);
  const port = freshPort(2);
  const services =
    service('closed', { ...hello, port, no_access: '127.0.0.1' }) +
    service('full', { port: port + 1, instances: 0, ...hello });
  const daemon = await startDaemon(defaults(LOG) + services);
  await exchange(port);
  await exchange(port + 1);
  await daemon.audits(4);
  expect(questions).toHaveLength(1);
});

test('no more refused callers are asked about than -logprocs allows', async () => {
  const questions = await identify(() => undefined);
  const port = freshPort();
  const full = service('full', { port, server: '/bin/cat', instances: 0 });
  const daemon = await startDaemon(defaults(LOG) + full, { flags: ['-logprocs', '2'] });
  const callers: Conversation[] = [];
  for (let caller = 0; caller < 3; caller += 1) callers.push(await call(port));
  await callers[2]?.ends(2000);
  await daemon.audits(3);
  await expect.poll(() => questions.length).toBe(2);
  await Promise.all([callers[0]?.ends(6000), callers[1]?.ends(6000)]);
  await daemon.logs(/ERROR: Failed to contact identity server at ::ffff:127\.0\.0\.1: timeout\n/);
});

test('a silent identity server delays its own caller alone, who counts meanwhile', async () => {
  await identify(() => undefined);
  const port = freshPort(2);
  const named = service('named', { ...hello, port, instances: 1 });
  const daemon = await startDaemon(
    defaults(LOG) + named + service('other', { ...hello, port: port + 1, log_on_success: 'HOST' }),
  );
  const first = await call(port);
  await expect.poll(async () => exchange(port, { from: '127.0.0.5' }), { timeout: 3000 }).toBe('');
  expect((await daemon.audits(1))[0]).toMatch(/: FAIL: named service_limit from=::ffff:127\.0\.0\.5$/);
  expect(await exchange(port + 1)).toBe('hello\n');
  expect(first.heard).toBe('');
  await first.hears(/hello/, 6000);
});
