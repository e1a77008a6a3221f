// What an audit line costs in JavaScript: formatting and queueing alone, and with the writing to a file.
//
//   npx esbuild test/bench/audit.ts --bundle --platform=node --format=esm --outfile=/tmp/audit.mjs && node /tmp/audit.mjs

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditLogs } from '../../src/audit/sinks.ts';
import { SyslogChannel } from '../../src/audit/syslog.ts';
import { exitEvents, startEvents } from '../../src/audit/transcript.ts';
import type { Occasion } from '../../src/audit/transcript.ts';
import { ipv4, serviceWith } from '../policy/facts.ts';

const LINES_PER_TURN = 64;
const TURNS = 8000;

const directory = mkdtempSync(join(tmpdir(), 'xinetd-ts-bench-'));
const path = join(directory, 'log');
const syslog = new SyslogChannel({
  port: { open: () => 1, send: () => 1, close: () => undefined },
  tag: 'bench',
  pid: 1,
  nowMs: Date.now,
  onDropped: () => undefined,
});
const logs = createAuditLogs({
  report: (level, _func, text) => console.log(`${level}: ${text}`),
  syslog,
  datagrams: { open: () => 1, send: () => 1, close: () => undefined },
  stdout: process.stdout,
  stderr: process.stderr,
  tag: 'bench',
  pid: 1,
  strerror: String,
  nowMs: Date.now,
});
const log = logs.open(
  serviceWith({
    log_type: { kind: 'file', path, softBytes: 1e9, hardBytes: 2e9 },
    log_on_success: ['HOST', 'PID', 'EXIT', 'DURATION'],
  }),
);
const occasion: Occasion = { id: 'svc', source: ipv4('192.0.2.1'), requestNumber: 1, isForking: true };

let recordingMs = 0;

/** One turn of the loop as in a busy daemon: half START, half EXIT. */
function turn(): void {
  const begun = performance.now();
  for (let line = 0; line < LINES_PER_TURN; line += 2) {
    log.record(startEvents(occasion, line));
    log.record(exitEvents(occasion, line, { end: { status: 0 }, durationMs: 1234 }));
  }
  recordingMs += performance.now() - begun;
}

const cpuBefore = process.cpuUsage();
const begun = performance.now();
for (let count = 0; count < TURNS; count += 1) {
  turn();
  await logs.drain();
}
const elapsedMs = performance.now() - begun;
const { user, system } = process.cpuUsage(cpuBefore);
const lines = LINES_PER_TURN * TURNS;
console.log(`${lines} lines, ${statSync(path).size} bytes`);
console.log(`recording ${((recordingMs * 1000) / lines).toFixed(3)} µs a line`);
console.log(
  `with writing ${((elapsedMs * 1000) / lines).toFixed(3)} µs a line, CPU ${((user + system) / lines).toFixed(3)} µs`,
);
rmSync(directory, { recursive: true });
