// Programs that run beside the daemon for the length of one test: a proxy, a log reader, a client that stays.

import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterTest } from './cell.ts';
import { until } from './wait.ts';

export class Companion {
  readonly process: ChildProcessWithoutNullStreams;
  #said = '';

  constructor(child: ChildProcessWithoutNullStreams) {
    this.process = child;
    child.stdin.on('error', () => {});
    child.stdout.setEncoding('latin1').on('data', (text: string) => (this.#said += text));
    child.stderr.setEncoding('latin1').on('data', (text: string) => (this.#said += text));
  }

  get said(): string {
    return this.#said;
  }

  says(pattern: RegExp, limitMs?: number): Promise<RegExpExecArray> {
    return until(`${pattern} from the companion`, () => pattern.exec(this.#said) ?? undefined, limitMs);
  }

  async end(): Promise<void> {
    const child = this.process;
    child.kill('SIGKILL');
    await until('the companion ends', () => child.exitCode !== null || child.signalCode !== null);
  }
}

/** Starts a program that is killed after the test. */
export function startCompanion(program: string, args: readonly string[]): Companion {
  const companion = new Companion(spawn(program, args));
  afterTest(() => companion.end());
  return companion;
}

const SYSLOG_LINES = '/run/syslog-lines';
const READER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
f = open("${SYSLOG_LINES}", "w", buffering=1, encoding="latin1")
while True: f.write(s.recv(65536).decode("latin1").rstrip("\\n").replace("\\n", "|") + "\\n")
`;

/** Owns /dev/log of this cell, or the socket that is named; hands back a function that reads all messages so far. */
export async function startSyslog(socket = '/dev/log'): Promise<() => readonly string[]> {
  mkdirSync(dirname(socket), { recursive: true });
  startCompanion('python3', ['-c', READER, socket]);
  afterTest(() => [socket, SYSLOG_LINES].forEach((path) => rmSync(path, { force: true })));
  await until(`${socket} is there`, () => existsSync(SYSLOG_LINES));
  return () => readFileSync(SYSLOG_LINES, 'latin1').split('\n').slice(0, -1);
}
