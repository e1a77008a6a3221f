// The daemon under test: started with a configuration of its own in a folder of its own, watched through its log lines,
// and ended after the test.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterTest } from './cell.ts';
import { isAlive } from './processes.ts';
import { until } from './wait.ts';

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));

/** The command line of the daemon under test, as words. */
export const DAEMON: readonly string[] = (
  process.env['XINETD_TS_DAEMON'] ?? `${process.execPath} ${resolve(REPOSITORY, 'dist/xinetd-ts.js')}`
).split(' ');

/** The word before `[PID]` in the daemon's log lines. */
export const TAG = /\bxinetd(?:-ts)?\[/;

export interface StartOptions {
  /** Further flags. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Instead of the usual command line, for example the installed command alone. */
  readonly command?: readonly string[];
  /** A command that runs the daemon, such as `prlimit --nofile=32`. */
  readonly wrapper?: readonly string[];
  /** Wait for this in the daemon's log instead of the start line. */
  readonly ready?: RegExp;
}

/** A running daemon and its files. */
export class Daemon {
  readonly folder: string;
  readonly process: ChildProcess;
  #said = '';

  constructor(folder: string, child: ChildProcess) {
    this.folder = folder;
    this.process = child;
    child.stdout?.setEncoding('latin1').on('data', (text: string) => (this.#said += text));
    child.stderr?.setEncoding('latin1').on('data', (text: string) => (this.#said += text));
  }

  /** The id of the daemon itself, which a wrapper's is not. */
  get pid(): number {
    return Number(readFileSync(this.path('pid'), 'latin1'));
  }

  path(name: 'conf' | 'log' | 'pid' | 'audit' | (string & {})): string {
    return join(this.folder, name);
  }

  /** Everything the daemon has printed. */
  get said(): string {
    return this.#said;
  }

  get log(): string {
    return textOf(this.path('log'));
  }

  /** The lines of `log_type = FILE` under the daemon's `audit` path. */
  get audit(): readonly string[] {
    return textOf(this.path('audit')).split('\n').slice(0, -1);
  }

  logs(pattern: RegExp, limitMs?: number): Promise<RegExpExecArray> {
    return until(`${pattern} in the daemon's log:\n${this.log}`, () => pattern.exec(this.log) ?? undefined, limitMs);
  }

  /** Waits until so many audit lines are there, and hands all of them back. */
  audits(count: number): Promise<readonly string[]> {
    return until(`${count} audit lines in ${this.folder}`, () => this.audit.length >= count && this.audit);
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** Replaces the configuration file in one step. */
  configure(text: string): void {
    writeFileSync(this.path('conf.new'), withPaths(text, this.folder), 'latin1');
    renameSync(this.path('conf.new'), this.path('conf'));
  }

  /** New configuration, SIGHUP, and the wait until the daemon has said what became of it. */
  async reload(text: string): Promise<string> {
    const before = this.log.length;
    this.configure(text);
    this.signal('SIGHUP');
    const outcome = /Reconfigured: [^\n]*|[Rr]econfiguration failed[^\n]*/;
    return until('the end of the reload', () => outcome.exec(this.log.slice(before))?.[0]);
  }

  /** TERM, then wait; KILL if that was not enough, which the caller sees in the result. */
  async stop(): Promise<number | NodeJS.Signals | null> {
    const child = this.process;
    const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
    if (!isOver() && existsSync(this.path('pid')) && isAlive(this.pid)) this.signal('SIGTERM');
    else child.kill('SIGTERM');
    await until('the daemon ends', isOver, 6000).catch(() => child.kill('SIGKILL'));
    await until('the daemon is dead', isOver);
    rmSync(this.folder, { recursive: true, force: true });
    return child.exitCode ?? child.signalCode;
  }
}

/** A folder for one daemon; its log, pid file, audit file and configuration go there. */
export function daemonFolder(): string {
  const folder = mkdtempSync('/tmp/xinetd-e2e.');
  chmodSync(folder, 0o755);
  return folder;
}

/** Starts the daemon in the foreground. `{audit}` and `{folder}` in the text become this daemon's paths. */
export async function startDaemon(text: string, options: StartOptions = {}): Promise<Daemon> {
  const folder = daemonFolder();
  const path = (name: string): string => join(folder, name);
  writeFileSync(path('conf'), withPaths(text, folder), 'latin1');
  const flags = ['-dontfork', '-filelog', path('log'), '-pidfile', path('pid'), '-f', path('conf')];
  const [program = '', ...words] = [
    ...(options.wrapper ?? []),
    ...(options.command ?? DAEMON),
    ...flags,
    ...(options.flags ?? []),
  ];
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: `/usr/sbin:/usr/bin:/sbin:/bin:${dirname(process.execPath)}`, ...options.env },
  });
  const daemon = new Daemon(folder, child);
  afterTest(() => daemon.stop());
  await daemon.logs(options.ready ?? /Started working: \d+ available services?/).catch((reason: unknown) => {
    throw new Error(`the daemon did not start: ${String(reason)}\n${daemon.said}`);
  });
  return daemon;
}

function withPaths(text: string, folder: string): string {
  return text.replaceAll('{audit}', join(folder, 'audit')).replaceAll('{folder}', folder);
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'latin1') : '';
}
