// A soak: everything at once for minutes or hours, and nothing may grow or get lost. Connections to programs, built-in
// services and a relay, refusals, services that trip their rate, reloads that swap a service, rotated logs, upgrades.
//
//   node test/soak/run.mjs [MINUTES [SECONDS]]      needs root and a built dist; 30 minutes without a number
//
// An upgrade follows SECONDS after the other, by default 20. It begins with fresh memory: to see what grows in one program's
// life give as many seconds as the soak has.
//
// Every minute the load rests until the daemon is idle; then its memory, descriptors and children are read. At the end one
// JSON object: samples, slopes per hour after the first third, what was lost. Exit status 1 when something grew or was lost.
// In network, process and mount namespaces of its own.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const INSIDE = 'XINETD_TS_SOAK';
const MINUTES = Number(process.argv[2] ?? 30);
const UPGRADE_MS = Number(process.argv[3] ?? 20) * 1000;
const PROGRAM = fileURLToPath(new URL('../../dist/xinetd-ts.js', import.meta.url));
const WORKERS = 6;
const ROUND_MS = MINUTES < 5 ? 10_000 : 60_000;
const PORTS = {
  cat: 7100,
  refused: 7101,
  echo: 7102,
  daytime: 7103,
  few: 7104,
  rated: 7105,
  relay: 7106,
  swapped: 7107,
  behind: 7110,
};
/** Per hour, once everything that is compiled or cached once is there. */
const MOST_GROWTH = { kilobytes: 2048, descriptors: 2 };

if (process.env[INSIDE] === undefined) {
  const words = ['-nmpf', '--kill-child', '--mount-proc', process.execPath, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', words, { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } });
  process.exit(status ?? 2);
}

execFileSync('ip', ['link', 'set', 'lo', 'up']);
execFileSync('mount', ['-t', 'tmpfs', 'none', '/run']);
const folder = mkdtempSync('/tmp/xinetd-soak.');
const path = (name) => join(folder, name);
let nextUpgradeMs = performance.now() + UPGRADE_MS;
const counts = { served: 0, refused: 0, lost: 0, datagrams: 0, trips: 0, reloads: 0, rotations: 0, upgrades: 0 };
const losses = [];
const samples = [];

const behind = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(PORTS.behind, '127.0.0.1');
configure(0);
const flags = ['-dontfork', '-filelog', path('log'), '-pidfile', path('pid'), '-f', path('conf')];
const daemon = spawn(process.execPath, [PROGRAM, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
await waitFor('the start', () => textOf('log').includes('Started working'));

const end = performance.now() + MINUTES * 60_000;
while (performance.now() < end && daemon.exitCode === null) {
  await load(Math.min(performance.now() + ROUND_MS, end));
  samples.push(await sample());
  process.stderr.write(`${JSON.stringify({ ...samples.at(-1), ...counts })}\n`);
}
daemon.kill('SIGTERM');
await waitFor('the end', () => daemon.exitCode !== null);
report();

/** Everything at once until the round is over. */
async function load(until) {
  const isOver = () => performance.now() >= until;
  const again = async (act, everyMs) => {
    while (!isOver()) {
      await act();
      await pause(Math.min(everyMs, Math.max(until - performance.now(), 0)));
    }
  };
  const workers = Array.from({ length: WORKERS }, (_, index) => again(() => visit(index), 2));
  await Promise.all([
    ...workers,
    again(reload, 3000),
    again(trip, 9000),
    again(rotate, 12_000),
    again(upgradeInTime, 1000),
  ]);
}

/** One caller: what it asks for hangs on a die. */
async function visit(worker) {
  const die = Math.random() * 100;
  if (die < 45) await must('cat', () => exchange(PORTS.cat, `${worker} ${die}\n`));
  else if (die < 60) await must('relay', () => exchange(PORTS.relay, 'through\n'));
  else if (die < 75) await must('echo', () => exchange(PORTS.echo, 'back\n'));
  else if (die < 90) counts.refused += (await exchange(PORTS.refused, '')) === '' ? 1 : 0;
  else if (die < 95) await exchange(PORTS.few, 'perhaps\n');
  else await ask();
}

async function must(what, act) {
  const answer = await act();
  if (answer === undefined) {
    counts.lost += 1;
    if (losses.length < 20) losses.push(`${what} after ${Math.round(performance.now() / 1000)} s`);
  } else counts.served += 1;
}

/** What comes back for `text`, undefined when that is not the text itself. */
function exchange(port, text) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let heard = '';
    socket.setTimeout(20_000, () => socket.destroy());
    socket.on('data', (bytes) => {
      heard += String(bytes);
      if (heard === text) socket.end();
    });
    socket.on('connect', () => socket.write(text));
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard === text ? heard : undefined));
  });
}

function ask() {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const limit = setTimeout(() => socket.close(), 2000);
    socket.on('message', () => {
      counts.datagrams += 1;
      clearTimeout(limit);
      socket.close();
    });
    socket.on('close', resolve);
    socket.send('x', PORTS.daytime, '127.0.0.1');
  });
}

/** More callers in a moment than the rate allows: the service goes off and comes back. */
async function trip() {
  await Promise.all(Array.from({ length: 15 }, () => exchange(PORTS.rated, 'x\n')));
  counts.trips += 1;
}

function reload() {
  counts.reloads += 1;
  configure(counts.reloads % 2);
  daemon.kill('SIGHUP');
}

function rotate() {
  counts.rotations += 1;
  for (const name of ['log', 'audit'])
    if (existsSync(path(name))) renameSync(path(name), path(`${name}.${counts.rotations}`));
}

async function upgradeInTime() {
  if (performance.now() < nextUpgradeMs) return;
  nextUpgradeMs = performance.now() + UPGRADE_MS;
  await upgrade();
}

async function upgrade() {
  const asked = spawn(process.execPath, [PROGRAM, 'upgrade'], { stdio: ['ignore', 'ignore', 'inherit'] });
  await new Promise((resolve) => asked.on('close', resolve));
  if (asked.exitCode === 0) counts.upgrades += 1;
  else losses.push(`upgrade with status ${asked.exitCode}`);
}

/** Memory of its own, descriptors and children of the idle daemon. */
async function sample() {
  const status = () => readFileSync(`/proc/${daemon.pid}/status`, 'latin1');
  const field = (name) => Number.parseInt(new RegExp(`${name}:\\s*(\\d+)`).exec(status())?.[1] ?? '', 10);
  const isIdle = () => field('RssFile') < 6144 && childrenOf(daemon.pid) === 0;
  await waitFor('the daemon is idle', isIdle);
  return {
    seconds: Math.round(performance.now() / 1000),
    kilobytes: field('RssAnon'),
    descriptors: readdirSync(`/proc/${daemon.pid}/fd`).length,
    threads: field('Threads'),
  };
}

function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(/\s+/).filter(Boolean).length;
}

function report() {
  const settled = samples.slice(Math.floor(samples.length / 3));
  const perHour = (name) => Math.round(slope(settled.map((each) => [each.seconds / 3600, each[name]])));
  const growth = { kilobytes: perHour('kilobytes'), descriptors: perHour('descriptors') };
  const lines = linesOf('audit');
  const unfinished =
    lines.filter((line) => line.includes(': START: cat ')).length -
    lines.filter((line) => line.includes(': EXIT: cat ')).length;
  const isSound =
    daemon.exitCode === 0 &&
    counts.lost === 0 &&
    losses.length === 0 &&
    unfinished === 0 &&
    growth.kilobytes <= MOST_GROWTH.kilobytes &&
    growth.descriptors <= MOST_GROWTH.descriptors;
  const [first, last] = [settled[0], settled.at(-1)];
  process.stdout.write(
    `${JSON.stringify({ isSound, minutes: MINUTES, ...counts, losses, unfinished, growth, first, last, exit: daemon.exitCode })}\n`,
  );
  const errors = linesOf('log').filter(
    (line) => /ERROR|CRITICAL/.test(line) && !/rate|excessive|Activating/.test(line),
  );
  for (const line of errors.slice(0, 20)) process.stderr.write(`${line}\n`);
  if (isSound) rmSync(folder, { recursive: true });
  else process.stderr.write(`kept: ${folder}\n`);
  behind.close();
  process.exit(isSound ? 0 : 1);
}

/** Least squares; 0 for fewer than two points. */
function slope(points) {
  const mean = (at) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread;
}

function configure(swap) {
  const block = (head, lines) => `${head}\n{\n${lines.map((line) => `\t${line}\n`).join('')}}\n`;
  const entry = (name, type, lines) =>
    block(`service ${name}`, [
      `type = ${type}`,
      'socket_type = stream',
      'protocol = tcp',
      'wait = no',
      'user = root',
      ...lines,
    ]);
  const service = (name, port, ...lines) => entry(name, 'UNLISTED', [`port = ${port}`, ...lines]);
  const builtin = (name, port) => entry(name, 'INTERNAL UNLISTED', [`port = ${port}`]);
  const log = [`log_type = FILE ${path('audit')}`, 'log_on_success = PID HOST EXIT DURATION', 'log_on_failure = HOST'];
  const text = [
    block('defaults', [...log, 'instances = UNLIMITED', 'per_source = UNLIMITED', 'cps = 100000 1']),
    service('cat', PORTS.cat, 'server = /bin/cat'),
    service('refused', PORTS.refused, 'server = /bin/cat', 'no_access = 127.0.0.0/8'),
    builtin('echo', PORTS.echo),
    service('few', PORTS.few, 'server = /bin/cat', 'instances = 1'),
    service('rated', PORTS.rated, 'server = /bin/cat', 'cps = 5 1'),
    service('relay', PORTS.relay, `redirect = 127.0.0.1 ${PORTS.behind}`),
    service(`swapped${swap}`, PORTS.swapped + swap, 'server = /bin/cat'),
    builtin('daytime', PORTS.daytime)
      .replace('stream', 'dgram')
      .replace('tcp', 'udp')
      .replace('wait = no', 'wait = yes'),
  ];
  writeFileSync(path('conf.new'), text.join('\n'));
  renameSync(path('conf.new'), path('conf'));
}

/** Of a log and all its rotated parts. */
function linesOf(name) {
  const parts = readdirSync(folder).filter((file) => file === name || file.startsWith(`${name}.`));
  return parts.flatMap((file) => textOf(file).split('\n'));
}

function textOf(name) {
  return existsSync(path(name)) ? readFileSync(path(name), 'latin1') : '';
}

async function waitFor(what, isThere) {
  for (const limit = performance.now() + 30_000; !isThere(); await pause(20)) {
    if (performance.now() > limit) throw new Error(`never: ${what}`);
  }
}
