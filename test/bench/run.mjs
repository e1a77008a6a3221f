// Measures the built daemon against the gates: speed and CPU in interleaved rounds beside the reference, start, memory, wake-ups,
// many services. Prints one table; exit status 1 when a gate is missed, 2 when something could not be measured.
//
//   npm run build && npm run bench             everything, about ten minutes on an idle machine of four cores
//   npm run bench -- --quick                   the rows marked quick, three rounds each, about two minutes
//   npm run bench -- --only 's1|start'         rows whose name matches
//   XINETD_TS_KIT=/path npm run bench          the folder that holds bench/; by default ../shared beside the repository
//   XINETD_TS=/path/of/xinetd-ts.js …         another build
//
// Needs root, gcc, make, the reference xinetd and, for its rows, tcpserver (Debian package ucspi-tcp); beside HAProxy, socat and
// systemd-socket-proxyd redirect is measured where they are installed.

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { relayedKilobytes } from './relayed.mjs';
import { configTestSeconds, idleMegabytes, startAboveNodeMs } from './single.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const repository = resolve(here, '../..');
const kit = resolve(process.env.XINETD_TS_KIT ?? resolve(repository, '../shared'), 'bench');
const daemon = resolve(process.env.XINETD_TS ?? resolve(repository, 'dist/xinetd-ts.js'));

const words = process.argv.slice(2);
const isQuick = words.includes('--quick');
const only = words.includes('--only') ? new RegExp(words[words.indexOf('--only') + 1] ?? '') : /./;
const rounds = isQuick ? 3 : 5;

const PROXYD = '/lib/systemd/systemd-socket-proxyd';
/** The rig looks for it in this folder, where its Debian package was unpacked. */
const INETD = `${process.env.PEERS_ROOT ?? ''}/openbsd-inetd/usr/sbin/inetd`;

/** Each row: what, the gate (`least` or `most`), its unit, and how to measure it. `also` rows come out of the same run. */
const ROWS = [
  ...ratio('s1 64', { least: 2.4, cpu: 0.45, isQuick: true }),
  ...ratio('s1 8', { least: 2.0, isQuick: true }),
  ...ratio('s1 1', { least: 1.8 }),
  ...ratio('s2 16', { least: 2.0, isQuick: true }),
  ...ratio('s3 16', { least: 3.5, cpu: 0.1, isQuick: true }),
  ...ratio('s1 64', { against: 'tcpserver', least: 1.0 }),
  ...ratio('s1 8', { against: 'tcpserver', least: 1.0 }),
  ...ratio('s1 1', { against: 'tcpserver', least: 1.0 }),
  ...ratio('s2 16', { against: 'tcpserver', least: 1.0, isQuick: true }),
  ...ratio('s3 16', { against: 'tcpserver', least: 1.0 }),
  ...ratio('s4 echo-conn-c16', { least: 2.5 }),
  ...beside(INETD, ratio('s4 udp-echo-c16', { against: 'openbsd_inetd', least: 0.5 })),
  ...ratio('s5 stream-c1', { least: 8 }),
  ...ratio('s5 stream-c16', { least: 3.5 }),
  ...ratio('s5 conn-c16', { least: 2 }),
  ...ratio('s5 stream-c1', { against: 'ceil_splice', least: 0.67 }),
  ...ratio('s5 stream-c16', { against: 'ceil_splice', least: 0.67 }),
  ...ratio('s5 conn-c16', { against: 'ceil_splice', least: 0.67 }),
  ...beside('/usr/sbin/haproxy', ratio('s5 stream-c1', { against: 'haproxy', least: 1 })),
  ...beside('/usr/bin/socat', ratio('s5 conn-c16', { against: 'socat', least: 1.5 })),
  ...beside(PROXYD, ratio('s5 conn-c16', { against: 'systemd_proxyd', least: 0.8 })),
  {
    name: 'resident memory for each relayed connection at rest',
    most: 16,
    unit: 'KiB',
    isQuick: true,
    measure: () => relayedKilobytes(daemon),
  },
  ...ratio('s9 paced', { least: 1 }),
  {
    name: 'start to listening, above an empty node script',
    most: 25,
    unit: 'ms',
    isQuick: true,
    measure: () => startAboveNodeMs(daemon, isQuick ? 7 : 15),
  },
  {
    name: 'idle resident memory after serving',
    most: 12,
    unit: 'MB',
    isQuick: true,
    measure: () => idleMegabytes(daemon),
  },
  { name: 'wake-ups in 20 idle seconds', most: 0, unit: '', measure: wakeUps },
  {
    name: '-t with 10 000 services',
    most: 1,
    unit: 's',
    isQuick: true,
    measure: () => configTestSeconds(daemon, 10_000),
  },
  { name: '5 000 services: start', most: 1.5, unit: 'x', measure: () => manyServices().start },
  { name: '5 000 services: reload', most: 1, unit: 'x', measure: () => manyServices().reload },
];

if (!existsSync(daemon)) stop(`no ${daemon}: run npm run build first`);
if (!existsSync(kit)) stop(`no benchmark rig at ${kit} (set XINETD_TS_KIT)`);
const rig = mkdtempSync('/tmp/xinetd-bench.');
cpSync(kit, rig, { recursive: true });
chmodSync(rig, 0o755);
// Where the rig looks for it.
mkdirSync(join(rig, 'peers/haproxy/usr'), { recursive: true });
symlinkSync('/usr/sbin', join(rig, 'peers/haproxy/usr/sbin'));
const memory = new Map();
const results = [];
try {
  const chosen = ROWS.filter((row) => (row.isQuick || !isQuick) && only.test(row.name));
  for (const row of chosen) results.push(await judge(row));
} finally {
  rmSync(rig, { recursive: true, force: true });
}
console.table(results);
if (results.some(({ verdict }) => verdict === 'MISSED')) process.exitCode = 1;
if (results.some(({ verdict }) => verdict === 'NOT MEASURED')) process.exitCode = 2;

async function judge(row) {
  const gate = row.least === undefined ? `<= ${row.most} ${row.unit}` : `>= ${row.least} ${row.unit}`;
  const { value, note } = await row.measure();
  const isMeasured = Number.isFinite(value);
  const isMet = row.least === undefined ? value <= row.most : value >= row.least;
  const verdict = isMeasured ? (isMet ? 'ok' : 'MISSED') : 'NOT MEASURED';
  const shown = isMeasured ? `${Number(value.toFixed(2))} ${row.unit}` : '-';
  process.stderr.write(`${row.name}: ${shown} (${gate}) ${verdict} ${note ?? ''}\n`);
  return { name: row.name, measured: shown, gate, verdict };
}

/** Rows for a peer that may be missing. */
function beside(program, rows) {
  return existsSync(program) ? rows : [];
}

/** Speed against another peer, and with `cpu` also the CPU time of one operation. */
function ratio(scenario, { against = 'xinetd', least, cpu, isQuick: quick = false }) {
  const measured = (index) => () => compare(scenario, against)[index];
  const name = `${scenario} against ${against}`;
  const speed = { name, least, unit: 'x', isQuick: quick, measure: measured(0) };
  const share = { name: `${name}: CPU of one`, most: cpu, unit: 'x', isQuick: quick, measure: measured(1) };
  return cpu === undefined ? [speed] : [speed, share];
}

function compare(scenario, against) {
  return once(`${scenario} ${against}`, () => {
    const { stdout, stderr } = inRig('./ratio.sh', [...scenario.split(' '), '0', String(rounds)], { B: against });
    const figure = (pattern) => ({ value: Number(pattern.exec(stdout)?.[1]), note: (stdout || stderr).trim() });
    return [figure(/speed ([\d.]+) x/), figure(/cpu per op ([\d.]+) x/)];
  });
}

function wakeUps() {
  const { stdout, stderr } = inRig('./bench.sh', ['xinetd_ts', 's6idle', 'n=1']);
  return { value: Number(/"wakeups":(\d+)/.exec(stdout)?.[1]), note: (stdout || stderr).trim() };
}

function manyServices() {
  return once('5000', () => {
    const sides = Array.from({ length: isQuick ? 1 : 3 }, () => ({ ours: took('xinetd_ts'), theirs: took('xinetd') }));
    const middle = (key) => median(sides.map(({ ours, theirs }) => ours[key] / theirs[key]));
    const note = (key) => sides.map(({ ours, theirs }) => `${ours[key]}/${theirs[key]} ms`).join(', ');
    return {
      start: { value: middle('start'), note: note('start') },
      reload: { value: middle('reload'), note: note('reload') },
    };
  });
}

function took(peer) {
  const { stdout } = inRig('./bench.sh', [peer, 's6', 'n=5000']);
  const figure = (key) => Number(new RegExp(`"${key}":([\\d.]+)`).exec(stdout)?.[1]);
  return { start: figure('start_ms'), reload: figure('reload_ms') };
}

function inRig(command, args, env = {}) {
  const options = { cwd: rig, encoding: 'utf8', env: { ...process.env, XINETD_TS: daemon, ...env } };
  return spawnSync('sh', ['-c', 'make -s >&2 && exec "$@"', 'sh', join(rig, command), ...args], options);
}

function once(key, measure) {
  if (!memory.has(key)) memory.set(key, measure());
  return memory.get(key);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function stop(reason) {
  process.stderr.write(`bench: ${reason}\n`);
  process.exit(2);
}
