// From options to a running daemon: detach, log, pid file, start. Source: spec section 1.2 (the order matters).

import { writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import type { ProgramLog, ProgramLogTarget } from '../audit/program-log.ts';
import { boot, openProgramLog } from '../daemon/boot.ts';
import type { BootOptions } from '../daemon/boot.ts';
import { claimStatusPipe, detach } from '../daemon/detach.ts';
import { writePidFile } from '../daemon/pid-file.ts';
import { SystemError } from '../native/system-error.ts';
import { EXIT_FAILURE, EXIT_OK } from './exit-codes.ts';
import type { DaemonOptions } from './options.ts';
import { FEATURES, VERSION } from './version.ts';

const INETD_CONF = '/etc/inetd.conf';
/** Files the daemon makes are never writable for others, whatever its caller's mask. */
const LEAST_UMASK = 0o022;

/** Runs the daemon; resolves to an exit code, or to undefined once it is at work in this process. */
export async function runDaemon(options: DaemonOptions, program: string): Promise<number | undefined> {
  const statusPipe = claimStatusPipe();
  const isForeground = options.isForeground || options.isDebug || statusPipe !== undefined;
  const settings = bootOptions(options, program, isForeground && statusPipe === undefined);
  process.umask(process.umask() | LEAST_UMASK);
  const programLog = openLog(settings);
  if (programLog === undefined) return EXIT_FAILURE;
  if (!isForeground) return detach(process.argv.slice(1)) ? EXIT_OK : EXIT_FAILURE;
  for (const { level, text } of options.warnings) programLog.log(level, 'opt_recognize', text);
  const daemon = boot(settings, programLog);
  if (settings.pidFile !== undefined) reportPidFile(programLog, writePidFile(settings.pidFile, process.pid));
  if (!(await daemon.start())) return undefined;
  statusPipe?.reportUp();
  await daemon.settle();
  return undefined;
}

/** The reference's words on stderr when the log cannot be opened. */
function openLog(settings: BootOptions): ProgramLog | undefined {
  try {
    return openProgramLog(settings);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    writeSync(2, `${settings.program}: msg_init failed: can't open log file (${error.message})\n`);
    return undefined;
  }
}

function bootOptions(options: DaemonOptions, program: string, isOnTerminal: boolean): BootOptions {
  return {
    configPath: options.configPath,
    baseDirectory: process.cwd(),
    inetdPath: options.isInetdCompatible ? INETD_CONF : undefined,
    isStayAlive: options.isStayAlive,
    isDebug: options.isDebug,
    pidFile: options.pidFile === undefined ? undefined : resolve(options.pidFile),
    checkSeconds: options.checkSeconds,
    version: VERSION,
    features: FEATURES,
    logTarget: logTarget(options, isOnTerminal),
    program,
    processLimit: options.processLimit,
    isInsecureAllowed: options.isInsecureAllowed,
    tellPeople: isOnTerminal && options.log.kind === 'unsaid' && !options.isDebug && isatty(2) ? say : undefined,
  };
}

function say(text: string): void {
  writeSync(2, `${text}\n`);
}

/** `-d` overrides the others; without a word a daemon logs to syslog, one in the foreground to stderr. */
function logTarget({ isDebug, log }: DaemonOptions, isOnTerminal: boolean): ProgramLogTarget {
  if (isDebug) return { kind: 'terminal' };
  switch (log.kind) {
    case 'file':
      return { kind: 'file', path: resolve(log.path) };
    case 'syslog':
      return { kind: 'syslog', facility: log.facility };
    case 'unsaid':
      return isOnTerminal ? { kind: 'stderr' } : { kind: 'syslog', facility: 'daemon' };
  }
}

function reportPidFile(programLog: ProgramLog, problem: string | undefined): void {
  if (problem !== undefined) programLog.log('debug', 'create_pidfile', problem);
}
