// The audit transcript, to the byte: what START, EXIT and FAIL say for every way a connection can go,
// in a file, on /dev/log and on standard output. Sources: xinetd.log(5).

import { writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { call, exchange } from './support/clients.ts';
import { startSyslog } from './support/companion.ts';
import { defaults, freshPort, service } from './support/configuration.ts';
import { REPOSITORY, startDaemon } from './support/daemon.ts';
import { until } from './support/wait.ts';

const PROGRAMS = `${REPOSITORY}/test/fixtures/programs`;
const EVERYTHING = { log_on_success: 'PID HOST EXIT DURATION', log_on_failure: 'HOST ATTEMPT' };
const FILE_TIME = /^\d\d\/\d{1,2}\/\d{1,2}@\d\d:\d\d:\d\d: /;

/** May be executed, as far as its mode says, and cannot be. */
const NO_PROGRAM = '/run/no-program';

beforeAll(() => writeFileSync(NO_PROGRAM, 'no program', { mode: 0o755 }));

/** One service per way a connection can go. */
function everyWay(log: Readonly<Record<string, string>>, port: number): string {
  const program = { ...EVERYTHING, ...log, flags: 'IPv4', server: `${PROGRAMS}/ending.sh` };
  return [
    service('ok', { ...program, port, server_args: 'exit 0' }),
    service('three', { ...program, port: port + 1, server_args: 'exit 3' }),
    service('signalled', { ...program, port: port + 2, server_args: 'signal TERM' }),
    service('denied', { ...program, port: port + 3, server_args: 'exit 0', only_from: '10.1.2.3' }),
    service('full', { ...program, port: port + 4, server_args: 'exit 0', instances: 0 }),
    service('broken', { ...program, port: port + 5, server: NO_PROGRAM, server_args: undefined }),
  ].join('');
}

/** Calls each of the six services in turn, the next one when the last has been written down. */
async function goEveryWay(port: number, written: () => number): Promise<void> {
  for (const [step, lines] of [2, 2, 2, 3, 1, 2].entries()) {
    const before = written();
    await exchange(port + step);
    await until(`${lines} lines for step ${step}`, () => written() >= before + lines);
  }
}

/** Process ids become P1, P2 … in order of appearance, the daemon's own becomes DAEMON, seconds become 0. */
function withoutIds(lines: readonly string[], daemon: number): readonly string[] {
  const seen = [String(daemon)];
  return lines.map((line) =>
    line
      .replace(/pid=(\d+)/, (_, pid: string) => {
        if (!seen.includes(pid)) seen.push(pid);
        return `pid=${seen.indexOf(pid) === 0 ? 'DAEMON' : `P${seen.indexOf(pid)}`}`;
      })
      .replace(/duration=[01]\(sec\)$/, 'duration=0(sec)'),
  );
}

const TRANSCRIPT = [
  'START: ok pid=P1 from=127.0.0.1',
  'EXIT: ok status=0 pid=P1 duration=0(sec)',
  'START: three pid=P2 from=127.0.0.1',
  'EXIT: three status=3 pid=P2 duration=0(sec)',
  'START: signalled pid=P3 from=127.0.0.1',
  'EXIT: signalled signal=15 pid=P3 duration=0(sec)',
  'START: denied pid=DAEMON from=127.0.0.1',
  'FAIL: denied address from=127.0.0.1',
  'EXIT: denied status=0 pid=DAEMON duration=0(sec)',
  'FAIL: full service_limit from=127.0.0.1',
  'START: broken pid=P4 from=127.0.0.1',
  'EXIT: broken status=126 pid=P4 duration=0(sec)',
];

test('a file holds the transcript, one stamped line each', async () => {
  const port = freshPort(6);
  const daemon = await startDaemon(defaults() + everyWay({ log_type: 'FILE {audit}' }, port));
  await goEveryWay(port, () => daemon.audit.length);
  for (const line of daemon.audit) expect(line).toMatch(FILE_TIME);
  const bare = daemon.audit.map((line) => line.replace(FILE_TIME, ''));
  expect(withoutIds(bare, daemon.pid)).toEqual(TRANSCRIPT);
});

test('the daemon log says why an exec failed', async () => {
  const port = freshPort();
  const broken = service('broken', { port, flags: 'IPv4', server: NO_PROGRAM });
  const daemon = await startDaemon(defaults() + broken);
  await exchange(port);
  await daemon.logs(/ERROR: execv\( \/run\/no-program \) failed: Exec format error \(errno = 8\)/);
});

test('syslog holds the same transcript, tagged and prioritised', async () => {
  const port = freshPort(6);
  const syslog = await startSyslog();
  const daemon = await startDaemon(defaults() + everyWay({ log_type: 'SYSLOG authpriv info' }, port));
  const lines = (): readonly string[] => syslog().filter((line) => /\]: (START|EXIT|FAIL): /.test(line));
  await goEveryWay(port, () => lines().length);
  for (const line of lines()) expect(line).toMatch(/^<86>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d xinetd(-ts)?\[\d+\]: /);
  const bare = lines().map((line) => line.replace(/^.*?\]: /, ''));
  expect(withoutIds(bare, daemon.pid)).toEqual(TRANSCRIPT);
});

test('standard output holds the same transcript for containers', async () => {
  const port = freshPort(6);
  const daemon = await startDaemon(defaults() + everyWay({ log_type: 'STDOUT' }, port));
  const lines = (): readonly string[] => daemon.said.split('\n').filter((line) => /(START|EXIT|FAIL): /.test(line));
  await goEveryWay(port, () => lines().length);
  const bare = lines().map((line) => line.replace(/^.*?(?=(START|EXIT|FAIL): )/, ''));
  expect(withoutIds(bare, daemon.pid)).toEqual(TRANSCRIPT);
});

test('an absent log_type writes no line at all', async () => {
  const port = freshPort(6);
  const daemon = await startDaemon(defaults() + everyWay({}, port));
  await exchange(port);
  await exchange(port + 3);
  expect(daemon.log + daemon.said).not.toMatch(/START|FAIL|EXIT/);
});

test('each flag adds its own word', async () => {
  const port = freshPort(2);
  const base = { server: `${PROGRAMS}/ending.sh`, server_args: 'exit 0', flags: 'IPv4', log_type: 'FILE {audit}' };
  const wordless = service('attempt', { ...base, port, log_on_success: 'EXIT', log_on_failure: 'ATTEMPT' });
  const denied = service('bare', { ...base, port: port + 1, no_access: '127.0.0.1', log_on_failure: 'ATTEMPT' });
  const daemon = await startDaemon(defaults() + wordless + denied);
  await exchange(port);
  await daemon.audits(2);
  await exchange(port + 1);
  const lines = await daemon.audits(3);
  expect(lines.map((line) => line.replace(FILE_TIME, ''))).toEqual([
    'START: attempt',
    'EXIT: attempt status=0',
    'FAIL: bare address',
  ]);
});

test('a caller beyond instances is refused and logged', async () => {
  const port = freshPort();
  const one = service('one', {
    ...EVERYTHING,
    port,
    flags: 'IPv4',
    server: `${PROGRAMS}/ending.sh`,
    server_args: 'wait',
    instances: 1,
    log_type: 'FILE {audit}',
  });
  const daemon = await startDaemon(defaults() + one);
  const first = await call(port);
  await daemon.audits(1);
  expect(await exchange(port)).toBe('');
  const refused = await daemon.audits(2);
  expect(refused[1]).toMatch(/FAIL: one service_limit from=127\.0\.0\.1$/);
  first.socket.end();
  const ended = await daemon.audits(3);
  expect(ended[2]).toMatch(/EXIT: one status=0 pid=\d+ duration=\d\(sec\)$/);
});
