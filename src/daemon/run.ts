// From options to a running daemon: detach, log, pid file, start. Source: spec section 1.2 (the order matters).

import { resolve } from 'node:path';
import type { ProgramLog, ProgramLogTarget } from '../audit/program-log.ts';
import type { SyslogFacility } from '../config/attributes/values.ts';
import { SystemError } from '../native/system-error.ts';
import { boot, openProgramLog } from './boot.ts';
import type { BootOptions, LoadRules } from './boot.ts';
import type { Daemon } from './daemon.ts';
import { detach, sayOnStderr } from './detach.ts';
import type { StatusPipe } from './detach.ts';
import type { People } from './findings.ts';
import { claimInheritance } from './inheritance.ts';
import type { Inheritance } from './inheritance.ts';
import { writePidFile } from './pid-file.ts';
import { placesOf } from './places.ts';
import type { PlaceChoices } from './places.ts';
import { reportTakeover } from './takeover.ts';
import { isJournal, isTerminal } from './terminal.ts';

/** Where the daemon's own messages go, as far as the command line says. */
export type LogChoice =
  | { readonly kind: 'unsaid' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'syslog'; readonly facility: SyslogFacility };

/** What the command line decides about a daemon. */
export interface RunOptions extends LoadRules, PlaceChoices {
  /** Absolute. */
  readonly configPath: string;
  readonly isDebug: boolean;
  /** Ctrl-C ends the daemon as SIGTERM does; only the demo's, for the reference ignores it. */
  readonly isInterruptible: boolean;
  /** `-dontfork`: stay in the foreground. */
  readonly isForeground: boolean;
  readonly isStayAlive: boolean;
  readonly isInetdCompatible: boolean;
  readonly log: LogChoice;
  readonly pidFile: string | undefined;
  /** Servers of all services together; Infinity without `-limit`. */
  readonly processLimit: number;
  /** Questions to identity servers about refused callers, at a time. */
  readonly logProcesses: number;
  /** All of the above as they were typed; undefined where no other program may take over. */
  readonly words: readonly string[] | undefined;
  /** Seconds between self-checks; 0 is off. */
  readonly checkSeconds: number;
  /** Lines for the daemon log once it is open. */
  readonly warnings: readonly { readonly level: 'error' | 'warning'; readonly text: string }[];
}

/** Who runs. */
export interface ProgramIdentity {
  /** The name it was called by: the tag of log lines. */
  readonly program: string;
  readonly version: string;
  /** Words of the start-up notice. */
  readonly features: string;
}

/** Read with `-inetd_compat`. */
export const INETD_CONF = '/etc/inetd.conf';

const EXIT_OK = 0;
const EXIT_FAILURE = 1;
/** Files the daemon makes are never writable for others, whatever its caller's mask. */
const LEAST_UMASK = 0o022;

/** Runs the daemon; resolves to an exit code, or to undefined once it is at work in this process. */
export async function runDaemon(options: RunOptions, identity: ProgramIdentity): Promise<number | undefined> {
  const inheritance = claimInheritance(process.env, process.pid);
  const { statusPipe, isSuccessor, sockets, notes } = inheritance;
  const settings = { ...bootOptions(options, identity, statusPipe), ...inheritance };
  process.umask(process.umask() | LEAST_UMASK);
  const programLog = openLog(settings);
  if (programLog === undefined) return EXIT_FAILURE;
  if (!options.isForeground && !options.isDebug && statusPipe === undefined && !isSuccessor) {
    if (sockets.length > 0) sayOnStderr(`${settings.program}: inherited sockets are used with -dontfork alone`);
    return detach(process.argv.slice(1)) ? EXIT_OK : EXIT_FAILURE;
  }
  for (const { level, func, text } of notes) programLog.log(level, func, text);
  for (const { level, text } of options.warnings) programLog.log(level, 'opt_recognize', text);
  return serve(boot(settings, programLog), { settings, programLog, inheritance });
}

interface Surroundings {
  readonly settings: BootOptions;
  readonly programLog: ProgramLog;
  readonly inheritance: Inheritance;
}

/** Resolves once everything is up; the daemon ends the process itself. */
async function serve(daemon: Daemon, surroundings: Surroundings): Promise<undefined> {
  const { settings, programLog, inheritance } = surroundings;
  const { statusPipe, handover, survivors, isSuccessor } = inheritance;
  if (settings.pidFile !== undefined && !isSuccessor)
    reportPidFile(programLog, writePidFile(settings.pidFile, process.pid));
  if (!(await daemon.start({ handover, survivors }))) return undefined;
  await daemon.settle();
  statusPipe?.reportUp();
  if (handover !== undefined) reportTakeover(programLog, handover, settings.version);
  return undefined;
}

/** The reference's words on stderr when the log cannot be opened. */
function openLog(settings: BootOptions): ProgramLog | undefined {
  try {
    return openProgramLog(settings);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    sayOnStderr(`${settings.program}: msg_init failed: can't open log file (${error.message})`);
    return undefined;
  }
}

function bootOptions(
  options: RunOptions,
  identity: ProgramIdentity,
  statusPipe: StatusPipe | undefined,
): Omit<BootOptions, keyof Inheritance> {
  const isInForeground = (options.isForeground || options.isDebug) && statusPipe === undefined;
  return {
    configPath: options.configPath,
    baseDirectory: process.cwd(),
    inetdPath: options.isInetdCompatible ? INETD_CONF : undefined,
    isStayAlive: options.isStayAlive,
    isDebug: options.isDebug,
    isInterruptible: options.isInterruptible,
    pidFile: options.pidFile === undefined ? undefined : resolve(options.pidFile),
    checkSeconds: options.checkSeconds,
    words: options.words,
    ...identity,
    logTarget: logTarget(options, isInForeground),
    processLimit: options.processLimit,
    logProcesses: options.logProcesses,
    isInsecureAllowed: options.isInsecureAllowed,
    places: placesOf(options, process.geteuid?.() ?? 0),
    fallbackUser: options.fallbackUser,
    people: statusPipe === undefined ? peopleAtTerminal(options) : { tell: statusPipe.tell, readTheLog: false },
  };
}

/** Somebody watches the log on a terminal: findings come with source line and caret instead. */
function peopleAtTerminal({ isForeground, isDebug, log }: RunOptions): People | undefined {
  return isForeground && !isDebug && log.kind === 'unsaid' && isTerminal(2)
    ? { tell: sayOnStderr, readTheLog: true }
    : undefined;
}

/** `-d` overrides the others; without a word a daemon logs to syslog, one in the foreground to stderr. */
function logTarget({ isDebug, log }: RunOptions, isInForeground: boolean): ProgramLogTarget {
  if (isDebug) return { kind: 'terminal' };
  switch (log.kind) {
    case 'file':
      return { kind: 'file', path: resolve(log.path) };
    case 'syslog':
      return { kind: 'syslog', facility: log.facility };
    case 'unsaid':
      if (!isInForeground) return { kind: 'syslog', facility: 'daemon' };
      return isJournal(2) ? { kind: 'journal' } : { kind: 'stderr' };
  }
}

function reportPidFile(programLog: ProgramLog, problem: string | undefined): void {
  if (problem !== undefined) programLog.log('debug', 'create_pidfile', problem);
}
