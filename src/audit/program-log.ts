// The daemon's own messages: which go where, and how a line of them looks in syslog, a file or on a terminal.
// Messages are written to the sink directly until `useWinston`, then through winston to the same sink, in the same
// format and order. Text is one line, whatever it holds. Opening may throw SystemError; logging never throws.
// Source: xinetd(8) -d, -syslog, -filelog; compat/044-syslog, compat/036-dump.

import { openSync } from 'node:fs';
import { SYSLOG_LEVELS as PRIORITIES } from '../config/attributes/values.ts';
import type { SyslogFacility, SyslogLevel } from '../config/attributes/values.ts';
import type { Severity } from '../config/diagnostic.ts';
import { FileWriter } from './file-writer.ts';
import { oneLine } from './harmless.ts';
import { BufferedSink } from './line-sink.ts';
import type { LineSink, SinkTrouble } from './line-sink.ts';
import { fileStamp } from './stamp.ts';
import type { Stamp } from './stamp.ts';
import { StreamWriter } from './stream-writer.ts';
import { SyslogChannel } from './syslog.ts';
import type { SyslogPort } from './syslog.ts';
import { throughWinston } from './transport.ts';
import type { ProgramMessage } from './transport.ts';

/** Where the daemon's own messages go. */
export type ProgramLogTarget =
  | { readonly kind: 'syslog'; readonly facility: SyslogFacility }
  | { readonly kind: 'file'; readonly path: string }
  /** `-d`: /dev/tty, or stderr where there is none; every level, with pid and function. */
  | { readonly kind: 'terminal' }
  /** In the foreground; lines as in a file. */
  | { readonly kind: 'stderr' }
  /** The same where systemd's journal reads it, which knows time, program and pid, and takes a priority; see sd-daemon(3). */
  | { readonly kind: 'journal' };

export interface ProgramLogOptions {
  readonly target: ProgramLogTarget;
  /** The program's name. */
  readonly tag: string;
  readonly pid: number;
  /** Wall clock. */
  readonly nowMs: () => number;
  readonly syslog: SyslogPort;
  readonly strerror: (errno: number) => string;
}

export interface ProgramLog {
  /** Writes a message; `func` is the word that `-d` lines show in braces. */
  readonly log: (level: Severity, func: string, text: string) => void;
  /** Writes a line as it is, without time and level: the configuration that -d shows. */
  readonly print: (line: string) => void;
  /** The connection to syslogd, for the service logs. */
  readonly syslog: SyslogChannel;
  /** Sends the messages through winston from now on, or goes on without it where it cannot be loaded. Never rejects. */
  readonly useWinston: () => Promise<void>;
  /** Reopens the file of -filelog; throws SystemError and keeps the old one when it cannot. */
  readonly reopen: () => void;
  readonly drain: () => Promise<void>;
  readonly flushSync: () => void;
}

/** How messages become lines of one kind of target. */
interface Style {
  readonly sink: (level: Severity) => LineSink;
  readonly line: (message: ProgramMessage) => string;
  readonly reopen: () => void;
}

const SYSLOG_LEVELS: Readonly<Record<Severity, SyslogLevel>> = {
  critical: 'crit',
  error: 'err',
  warning: 'warning',
  notice: 'notice',
  info: 'info',
  debug: 'debug',
};

/** Opens the daemon's own log; throws SystemError when the file of -filelog cannot be opened. */
export function createProgramLog(options: ProgramLogOptions): ProgramLog {
  const log = (level: Severity, func: string, text: string): void => {
    deliver({ level, func, text });
  };
  const lost =
    (what: string) =>
    (count: number): void =>
      log('warning', 'log_write', `${count} ${what} were lost`);
  const trouble: SinkTrouble = { onFailure: () => undefined, onDropped: lost('line(s) of the daemon log') };
  const { tag, pid, nowMs } = options;
  const syslog = new SyslogChannel({ port: options.syslog, tag, pid, nowMs, onDropped: lost('syslog message(s)') });
  const style = styleOf(options, trouble, syslog);
  const write = (message: ProgramMessage): void => style.sink(message.level).write(oneLine(style.line(message)));
  let deliver = write;
  return {
    log,
    print: (line) => style.sink('info').write(line),
    syslog,
    useWinston: async () => {
      try {
        deliver = await throughWinston(write);
      } catch (error) {
        log(
          'warning',
          'log_start',
          `winston cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    },
    reopen: style.reopen,
    drain: () => style.sink('info').drain(),
    flushSync: () => style.sink('info').flushSync(),
  };
}

function styleOf(options: ProgramLogOptions, trouble: SinkTrouble, syslog: SyslogChannel): Style {
  const { target, pid } = options;
  switch (target.kind) {
    case 'syslog':
      return syslogStyle(syslog, target.facility, pid);
    case 'file': {
      const writer = new FileWriter(target.path, options.strerror);
      const sink = new BufferedSink(writer, trouble);
      return fileStyle(options, sink, () => {
        writer.reopen();
        sink.resume();
      });
    }
    case 'terminal':
      return terminalStyle(options, new BufferedSink(openTerminal(), trouble));
    case 'stderr':
      return fileStyle(options, stderrSink(trouble), () => undefined);
    case 'journal':
      return journalStyle(stderrSink(trouble), pid);
  }
}

function stderrSink(trouble: SinkTrouble): LineSink {
  return new BufferedSink(new StreamWriter(process.stderr, process.stderr.fd), trouble);
}

/** `<PRIORITY>text` */
function journalStyle(sink: LineSink, pid: number): Style {
  return {
    sink: () => sink,
    line: (message) => `<${PRIORITIES.indexOf(SYSLOG_LEVELS[message.level])}>${bodyOf(message, pid)}`,
    reopen: () => undefined,
  };
}

function syslogStyle(syslog: SyslogChannel, facility: SyslogFacility, pid: number): Style {
  const sinks = new Map(Object.values(SYSLOG_LEVELS).map((level) => [level, syslog.sink(facility, level)]));
  return {
    sink: (level) => sinks.get(SYSLOG_LEVELS[level]) ?? syslog.sink(facility, 'info'),
    line: (message) => bodyOf(message, pid),
    reopen: () => undefined,
  };
}

/** `YY/M/D@HH:MM:SS tag[pid]: LEVEL: text` */
function fileStyle(options: ProgramLogOptions, sink: LineSink, reopen: () => void): Style {
  const stamp: Stamp = fileStamp();
  const { tag, pid, nowMs } = options;
  return {
    sink: () => sink,
    line: (message) => `${stamp(nowMs())} ${tag}[${pid}]: ${message.level.toUpperCase()}: ${bodyOf(message, pid)}`,
    reopen,
  };
}

/** `YY/M/D@HH:MM:SS: LEVEL: pid {func} text` */
function terminalStyle(options: ProgramLogOptions, sink: LineSink): Style {
  const stamp: Stamp = fileStamp();
  const { pid, nowMs } = options;
  return {
    sink: () => sink,
    line: ({ level, func, text }) => `${stamp(nowMs())}: ${level.toUpperCase()}: ${pid} {${func}} ${text}`,
    reopen: () => undefined,
  };
}

/** Critical messages always say who and where. */
function bodyOf({ level, func, text }: ProgramMessage, pid: number): string {
  return level === 'critical' ? `${pid} {${func}} ${text}` : text;
}

/** differs: D53, the reference exits when there is no /dev/tty. */
function openTerminal(): StreamWriter {
  try {
    const fd = openSync('/dev/tty', 'a');
    const { WriteStream } = process.getBuiltinModule('node:tty');
    return new StreamWriter(new WriteStream(fd), fd);
  } catch {
    return new StreamWriter(process.stderr, process.stderr.fd);
  }
}
