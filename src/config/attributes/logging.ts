// Rows of what is written down and shown: log_type, log_on_success, log_on_failure, banner, banner_success,
// banner_fail. Pure.

import type { Word } from '../syntax.ts';
import { ANY_OPERATOR, ASSIGN_ONLY, FAILED, attribute } from './row.ts';
import type { Failed, ReadContext } from './row.ts';
import {
  ADDRESS_FORMS,
  FAILURE_FLAGS,
  LOG_FORMATS,
  STREAM_TARGETS,
  SUCCESS_FLAGS,
  SYSLOG_FACILITIES,
  SYSLOG_LEVELS,
} from './values.ts';
import type { AddressForm, FailureFlag, LogFormat, LogTarget, StreamTarget, SuccessFlag } from './values.ts';
import { first, flagList, meant, readFlags, readOneOf, readWord, size, writeWords } from './words.ts';

const EXTRA_MIN = 5 * 1024;
const EXTRA_MAX = 20 * 1024;
const NO_SUCCESS: readonly SuccessFlag[] = [];
const NO_FAILURE: readonly FailureFlag[] = [];

type TargetReader = (words: readonly Word[], context: ReadContext) => LogTarget | Failed;

const TARGETS: ReadonlyMap<string, TargetReader> = new Map([
  ['SYSLOG', readSyslog],
  ['FILE', readFile],
  ...STREAM_TARGETS.map((kind): [string, TargetReader] => [kind.toUpperCase(), aloneReader(kind)]),
]);

function readLogType(words: readonly Word[], context: ReadContext): LogTarget | Failed {
  const kind = first(words);
  const readTarget = TARGETS.get(kind.text.toUpperCase());
  if (readTarget !== undefined) return readTarget(words.slice(1), context);
  const hint = kind.text.startsWith('/') ? `write "FILE ${kind.text}"` : 'SYSLOG, FILE, JOURNAL, STDOUT or STDERR';
  context.report('XC180', [kind.text], kind, hint);
  return FAILED;
}

function readSyslog(words: readonly Word[], context: ReadContext): LogTarget | Failed {
  if (words.length === 0 || words.length > 2) {
    context.report('XC181', [], words[2], 'SYSLOG facility [level]');
    return FAILED;
  }
  const [facilityWord, levelWord] = [first(words), words[1]];
  const facility = SYSLOG_FACILITIES.find((name) => name === facilityWord.text.toLowerCase());
  if (facility === undefined) {
    context.report('XC183', [facilityWord.text], facilityWord, meant(facilityWord.text, SYSLOG_FACILITIES));
    return FAILED;
  }
  const level = SYSLOG_LEVELS.find((name) => name === (levelWord?.text.toLowerCase() ?? 'info'));
  if (level !== undefined) return { kind: 'syslog', facility, level };
  context.report('XC184', [levelWord?.text ?? ''], levelWord, meant(levelWord?.text ?? '', SYSLOG_LEVELS));
  return FAILED;
}

function readFile(words: readonly Word[], context: ReadContext): LogTarget | Failed {
  const [path, soft, hard] = words;
  if (path === undefined || words.length > 3) {
    context.report('XC182', [], words[3], 'FILE path [soft-limit [hard-limit]]');
    return FAILED;
  }
  const softBytes = soft === undefined ? 0 : size(soft.text);
  if (softBytes === undefined) {
    context.report('XC185', [], soft, 'bytes with an optional suffix k or M');
    return FAILED;
  }
  const hardBytes = hard === undefined ? hardFor(softBytes) : size(hard.text);
  if (hardBytes === undefined) context.report('XC186', [], hard, 'bytes with an optional suffix k or M');
  else if (hardBytes < softBytes) context.report('XC187', [hardBytes, softBytes], hard);
  else return { kind: 'file', path: path.text, softBytes, hardBytes };
  return FAILED;
}

/** One per cent more than the soft limit, but at least 5 KiB and at most 20 KiB more; 0 is no limit at all. */
function hardFor(softBytes: number): number {
  if (softBytes === 0) return 0;
  return softBytes + Math.max(EXTRA_MIN, Math.min(Math.floor(softBytes / 100), EXTRA_MAX));
}

function aloneReader(kind: StreamTarget): TargetReader {
  return (words, context) => {
    if (words.length === 0) return { kind };
    context.report('XC182', [], words[0], `${kind.toUpperCase()} stands alone`);
    return FAILED;
  };
}

function showLogType(value: LogTarget | undefined, isSetHere: boolean): readonly string[] {
  if (value === undefined) return ['No logging'];
  if (value.kind === 'syslog') return [`Logging to syslog. Facility = ${value.facility}, level = ${value.level}`];
  if (value.kind !== 'file') return [`Logging to ${value.kind}`];
  if (!isSetHere) return ['Logging to common log file'];
  const limits = value.softBytes > 0 ? `(soft=${value.softBytes} hard=${value.hardBytes})` : '(no limits)';
  return [`Logging to file: ${value.path} ${limits}`];
}

function writeLogType(value: LogTarget | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value.kind === 'syslog') return `SYSLOG ${value.facility} ${value.level}`;
  if (value.kind !== 'file') return value.kind.toUpperCase();
  return value.hardBytes === 0 ? `FILE ${value.path}` : `FILE ${value.path} ${value.softBytes} ${value.hardBytes}`;
}

export const logType = attribute({
  name: 'log_type',
  scope: 'both',
  operators: ASSIGN_ONLY,
  operatorsInDefaults: ANY_OPERATOR,
  arity: 'some',
  read: readLogType,
  repeatRefused: 'XC109',
  fallback: undefined,
  inherit: 'whole',
  rebind: false,
  show: (value, shown) => showLogType(value, shown.isSetHere),
  write: writeLogType,
  since: '2.1',
  syntax: 'SYSLOG FACILITY [LEVEL] | FILE PATH [SOFT [HARD]] | JOURNAL | STDOUT | STDERR',
  otherwise: 'no log at all',
  actsIn: 'audit/sinks.ts',
  summary: 'Where the lines about this service go.',
  manual: `SYSLOG: the system log; the level is info unless given. FILE: a file that is appended to; at SOFT bytes the daemon
warns, at HARD bytes it stops writing. HARD is one per cent more than SOFT (at least 5k, at most 20k) unless given.
JOURNAL: the journal of systemd, each entry with fields such as XINETD_SERVICE and XINETD_EVENT. STDOUT, STDERR: the standard
streams of the daemon in the foreground, for containers. A FILE of defaults is one file for all that say nothing themselves; there
"+=" and "-=" mean "=". A file that was renamed or deleted is made anew. Without log_type nothing is logged, whatever log_on_success and log_on_failure say.`,
});

export const logFormat = attribute({
  name: 'log_format',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readOneOf<LogFormat>('XC190', LOG_FORMATS),
  fallback: 'text',
  inherit: 'whole',
  rebind: false,
  write: (value) => (value === 'text' ? undefined : value),
  since: 'xinetd-ts 0.1',
  syntax: 'text | json',
  otherwise: 'text',
  actsIn: 'audit/sinks.ts',
  summary: 'How the lines about this service are written.',
  manual: `text: as xinetd.log(5) says. json: one object a line, with the time in UTC, the connection, and where log_on_success and
log_on_failure ask for them process, address and port, status, duration and processor time in seconds, bytes, and of a refusal the reason,
the check that refused and the place of the rule. JOURNAL has these fields anyway.`,
});

export const logAddress = attribute({
  name: 'log_address',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readOneOf<AddressForm>('XC191', ADDRESS_FORMS),
  fallback: 'full',
  inherit: 'whole',
  rebind: false,
  write: (value) => (value === 'full' ? undefined : value),
  since: 'xinetd-ts 0.1',
  syntax: 'full | plain | prefix | hash',
  otherwise: 'full',
  actsIn: 'audit/sinks.ts',
  summary: 'How the lines about this service write addresses.',
  manual: `full: as the kernel gives them, an IPv4 caller of an IPv6 socket as ::ffff:192.0.2.1. plain: that one as 192.0.2.1. prefix:
the network alone, 192.0.2.0/24 or 2001:db8:1::/48. hash: a mark such as #9f86d081884c7d65, the same for the same address until
midnight (UTC) or the next start; it cannot be turned back, nor compared from day to day. The last two leave the port out.
The daemon's own messages are not changed by this. Programs that ban by the log need full or plain.`,
});

export const logOnSuccess = attribute({
  name: 'log_on_success',
  scope: 'both',
  operators: ANY_OPERATOR,
  arity: 'any',
  read: readFlags<SuccessFlag>('XC188', SUCCESS_FLAGS),
  list: flagList<SuccessFlag>(SUCCESS_FLAGS),
  fallback: NO_SUCCESS,
  inherit: 'base',
  rebind: false,
  show: (value, shown) => (shown.isLogged ? [`Log_on_success flags = ${value.join(' ')}`.trimEnd()] : []),
  write: writeWords,
  since: '2.1',
  syntax: 'PID | HOST | USERID | EXIT | DURATION | TRAFFIC ...',
  otherwise: 'nothing',
  actsIn: 'audit/lines.ts',
  summary: 'What is logged when a server starts and ends.',
  manual: `PID and HOST add the process and the caller to the START line; USERID asks the caller's ident server who it is
(the caller waits for that, four seconds at most) and writes a USERID line; EXIT and DURATION write a line when the server ends; TRAFFIC counts the bytes of a redirected
connection and has no effect elsewhere.`,
});

export const logOnFailure = attribute({
  name: 'log_on_failure',
  scope: 'both',
  operators: ANY_OPERATOR,
  arity: 'any',
  read: readFlags<FailureFlag>('XC189', FAILURE_FLAGS),
  list: flagList<FailureFlag>(FAILURE_FLAGS),
  fallback: NO_FAILURE,
  inherit: 'base',
  rebind: false,
  show: (value, shown) => (shown.isLogged ? [`Log_on_failure flags = ${value.join(' ')}`.trimEnd()] : []),
  write: writeWords,
  since: '2.1',
  syntax: 'HOST | USERID | ATTEMPT ...',
  otherwise: 'nothing',
  actsIn: 'audit/lines.ts',
  summary: 'What is logged when a caller is refused.',
  manual: `Any of them writes the FAIL line; HOST adds the caller, USERID asks the caller's ident server and writes a USERID
line, after limits, rates, times and bans, not after refusals by address; ATTEMPT adds nothing.`,
});

function bannerRow<const Name extends string>(name: Name, summary: string, manual: string) {
  return attribute({
    name,
    scope: 'both',
    operators: ASSIGN_ONLY,
    arity: 1,
    read: readWord,
    fallback: undefined,
    inherit: 'whole',
    rebind: false,
    write: (value) => value,
    since: '2.1.8.9pre',
    syntax: 'PATH',
    otherwise: 'none',
    actsIn: 'net/banner.ts',
    summary,
    manual,
  });
}

export const banner = bannerRow(
  'banner',
  'File sent to every caller, before any check.',
  `The file is read when it is sent, up to 1 MiB of it. A file that cannot be read is reported and the caller is served without
it. A caller who does not take it within ten seconds is closed. Connections alone are greeted: not datagrams, not wait = yes.`,
);

export const bannerSuccess = bannerRow(
  'banner_success',
  'File sent to a caller who is let in.',
  `Sent after all checks and before the first byte of the server; otherwise like banner.`,
);

export const bannerFail = bannerRow(
  'banner_fail',
  'File sent to a caller who is refused.',
  `Sent before the connection is closed, whatever the reason of the refusal; otherwise like banner.`,
);
