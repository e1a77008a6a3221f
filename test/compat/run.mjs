// Compares the built daemon with the stored verdicts of the reference, prints a table and checks the thresholds.
//
//   node test/compat/run.mjs                      everything (about four minutes on two cores)
//   node test/compat/run.mjs --sample 20          a quick look; further words go to the comparator as they are
//   XINETD_TS_KIT=/path node test/compat/run.mjs  the folder that holds compat/compare; by default ../shared beside the repository
//   XINETD_TS_DAEMON=/usr/sbin/xinetd …           another daemon
//
// Differences made on purpose stand in test/compat/differences.json with their number in docs/compatibility.md.
// Exit status: 0 all thresholds met, 1 a threshold missed or a difference nobody declared, 2 the comparison could not run.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const repository = resolve(here, '../..');
const compare = resolve(process.env.XINETD_TS_KIT ?? resolve(repository, '../shared'), 'compat/compare');
const daemon = process.env.XINETD_TS_DAEMON ?? `${process.execPath} ${resolve(repository, 'dist/xinetd-ts.js')}`;
const differences = resolve(here, 'differences.json');

/**
 * Least percentage of cases that agree or differ as declared; `alone`: that agree. Where an inetd.conf differs as declared it
 * is no case for `alone`: the reference refuses most of what other systems write there, and we serve it (D19, D88).
 */
const THRESHOLDS = [
  { part: 'real', level: 'L1', least: 99, alone: 95 },
  { part: 'real', level: 'L2', least: 97 },
  { part: 'real', level: 'L3', least: 99 },
  { part: 'edge', level: 'L1', least: 97 },
  { part: 'edge', level: 'L2', least: 95 },
  { part: 'golden', level: 'transcript', least: 100 },
  { part: 'access', level: 'verdict', least: 100 },
  { part: 'access', level: 'reason', least: 100 },
  { part: 'access', level: 'messages', least: 100 },
];

const INETD_CONF = /-inetd-conf-/;

const report = runComparator(process.argv.slice(2));
const rows = Object.entries(report.parts).flatMap(([part, { levels }]) =>
  Object.entries(levels).map(([level, counts]) => judge(part, level, counts)),
);
console.table(rows.map(({ missed, ...row }) => ({ ...row, verdict: missed ? 'MISSED' : 'ok' })));
printUndeclared(report.differing.filter(({ declared }) => declared === null));
for (const [part, { errors }] of Object.entries(report.parts)) {
  if (errors > 0) fail(2, `${errors} cases of ${part} could not run`);
}
process.exitCode ||= rows.some(({ missed }) => missed) ? 1 : 0;

function runComparator(further) {
  if (!existsSync(compare)) fail(2, `no comparator at ${compare} (set XINETD_TS_KIT)`);
  const declared = existsSync(differences) ? ['--differences', differences] : [];
  const jobs = ['--jobs', String(cpus().length)];
  const words = ['--daemon', daemon, ...jobs, ...declared, '--json', ...further];
  const { stdout, stderr, error } = spawnSync(compare, words, { encoding: 'utf8', maxBuffer: 1 << 30 });
  try {
    return JSON.parse(stdout);
  } catch {
    return fail(2, `the comparator gave no result: ${error ?? stderr}`);
  }
}

function judge(part, level, { agree, declared, cases }) {
  const threshold = THRESHOLDS.find((row) => row.part === part && row.level === level);
  const isRow = (each) => each.part === part && each.level === level && each.declared !== null;
  const inetdConf = report.differing.filter((each) => isRow(each) && INETD_CONF.test(each.id)).length;
  const alone = (100 * agree) / (cases - inetdConf);
  const together = (100 * (agree + declared)) / cases;
  const missed = threshold !== undefined && (together < threshold.least || alone < (threshold.alone ?? 0));
  const least = threshold && [threshold.least, threshold.alone && `alone ${threshold.alone}`].filter(Boolean).join(', ');
  return { part, level, cases, agree, declared, inetdConf, percent: together.toFixed(1), least: least ?? '', missed };
}

function printUndeclared(open) {
  for (const { part, id, env, level, diff } of open.slice(0, 60)) {
    console.log(`undeclared: ${part} ${id} ${env ?? ''} ${level}: ${diff.slice(0, 3).join(' | ').trim().slice(0, 400)}`);
  }
  if (open.length > 60) console.log(`… and ${open.length - 60} more undeclared differences`);
}

function fail(status, reason) {
  console.error(`compat: ${reason}`);
  process.exit(status);
}
