// xinetd's own single-dash options: a table and the scanner that reads it (spec section 1.1).
// Pure. Options match exactly and case-sensitively, a value is always the next word, an unknown word that begins
// with `-` is ignored with a warning, a word left over is a usage error.

import { SYSLOG_FACILITIES } from '../config/attributes/values.ts';
import type { SyslogFacility } from '../config/attributes/values.ts';
import { nearest } from '../config/nearest.ts';
import type { RunOptions } from '../daemon/run.ts';

export interface DaemonOptions extends RunOptions {
  readonly mode: 'run' | 'test' | 'show' | 'version';
  readonly isJson: boolean;
  /** Lines for stderr before anything else happens. */
  readonly notices: readonly string[];
}

/** A usage error carries the lines that come before the usage line, and a first word that may be meant as a command. */
export type ScanResult =
  | { readonly kind: 'options'; readonly options: DaemonOptions }
  | { readonly kind: 'usage'; readonly notices: readonly string[]; readonly stray?: string };

type Draft = { -readonly [K in keyof DaemonOptions]: DaemonOptions[K] };

interface OptionRow {
  readonly name: string;
  /** Name of the value in the usage line; absent for a switch. */
  readonly value?: string;
  /** What a value is, for the completion of shells; absent: nothing to choose from. */
  readonly choices?: 'file' | 'folder' | readonly string[];
  readonly summary: string;
  /** Returns false for a value that is not valid. Stopping options end the scan. */
  readonly apply: (draft: Draft, value: string) => boolean | 'stop';
}

const DEFAULT_CONFIG = '/etc/xinetd.conf';
const DEFAULT_LOG_PROCESSES = 15;

/** Every option, in the order of the manual. */
export const OPTIONS: readonly OptionRow[] = [
  {
    name: '-d',
    summary: 'Stay in the foreground and log everything to the terminal.',
    apply: (draft) => set(draft, { isDebug: true }),
  },
  {
    name: '-f',
    value: 'config_file',
    choices: 'file',
    summary: 'Read this file instead of /etc/xinetd.conf.',
    apply: (draft, value) => set(draft, { configPath: value }),
  },
  {
    name: '-filelog',
    value: 'filename',
    choices: 'file',
    summary: 'Append daemon messages to this file.',
    apply: (draft, value) => set(draft, { log: { kind: 'file', path: value } }),
  },
  {
    name: '-syslog',
    value: 'facility',
    choices: SYSLOG_FACILITIES,
    summary: 'Send daemon messages to this syslog facility.',
    apply: (draft, value) => set(draft, { log: { kind: 'syslog', facility: facilityNamed(draft, value) } }),
  },
  {
    name: '-pidfile',
    value: 'filename',
    choices: 'file',
    summary: 'Write the process id to this file.',
    apply: (draft, value) => set(draft, { pidFile: value }),
  },
  {
    name: '-dontfork',
    summary: 'Stay in the foreground; implies -stayalive.',
    apply: (draft) => set(draft, { isForeground: true, isStayAlive: true }),
  },
  {
    name: '-stayalive',
    summary: 'Keep running with no services.',
    apply: (draft) => set(draft, { isStayAlive: true }),
  },
  {
    name: '-limit',
    value: 'proc_limit',
    summary: 'Run at most this many servers at a time.',
    apply: (draft, value) => setNumber(value, (limit) => (draft.processLimit = limit === 0 ? Infinity : limit)),
  },
  {
    name: '-logprocs',
    value: 'limit',
    summary: 'Ask at most this many identity servers at a time.',
    apply: (draft, value) => setNumber(value, (limit) => (draft.logProcesses = limit)),
  },
  {
    name: '-cc',
    value: 'interval',
    summary: 'Check the daemon’s own tables every so many seconds; 0 is off.',
    apply: (draft, value) => /^\s*\+?\d+$/.test(value) && set(draft, { checkSeconds: Number(value) }),
  },
  {
    name: '-shutdownprocs',
    value: 'limit',
    summary: 'Ignored; kept for old scripts.',
    apply: (draft) => set(draft, { notices: [...draft.notices, 'The shutdownprocs option has been deprecated.'] }),
  },
  { name: '-reuse', summary: 'Ignored; addresses are always reused.', apply: () => true },
  {
    name: '-inetd_compat',
    summary: 'Also read /etc/inetd.conf.',
    apply: (draft) => set(draft, { isInetdCompatible: true }),
  },
  { name: '-inetd_ipv6', summary: 'Ignored; kept for Debian’s init script.', apply: () => true },
  {
    name: '-version',
    summary: 'Print the version and exit.',
    apply: (draft) => set(draft, { mode: 'version' }) && 'stop',
  },
  { name: '-t', summary: 'Test the configuration and exit.', apply: (draft) => set(draft, { mode: 'test' }) },
  {
    name: '-T',
    summary: 'Print the effective configuration and exit.',
    apply: (draft) => set(draft, { mode: 'show' }),
  },
  { name: '--json', summary: 'With -t: findings as JSON.', apply: (draft) => set(draft, { isJson: true }) },
  {
    name: '-statedir',
    value: 'directory',
    choices: 'folder',
    summary: 'Keep bans over a restart here; otherwise in /var/lib/xinetd-ts for /etc/xinetd.conf only.',
    apply: (draft, value) => set(draft, { stateFolder: { kind: 'at', path: value } }),
  },
  {
    name: '-nostate',
    summary: 'Forget bans at the end.',
    apply: (draft) => set(draft, { stateFolder: { kind: 'none' } }),
  },
  {
    name: '-control',
    value: 'path',
    choices: 'file',
    summary: 'Answer questions on this socket; otherwise on /run/xinetd-ts.sock when root.',
    apply: (draft, value) => set(draft, { controlSocket: { kind: 'at', path: value } }),
  },
  {
    name: '-nocontrol',
    summary: 'Open no control socket.',
    apply: (draft) => set(draft, { controlSocket: { kind: 'none' } }),
  },
  {
    name: '-insecure_conf',
    summary: 'Accept configuration files that anybody may write.',
    apply: (draft) => set(draft, { isInsecureAllowed: true }),
  },
];

/** The reference's usage line. */
export function usageLine(program: string): string {
  return `Usage: ${program} [-d] [-f config_file] [-filelog filename] [-syslog facility] [-reuse] [-limit proc_limit] [-pidfile filename] [-logprocs limit] [-shutdownprocs limit] [-cc interval]`;
}

/** Reads the command line. Source: spec section 1.1. */
export function scanOptions(words: readonly string[]): ScanResult {
  const draft = { ...defaults(), words };
  const seen = new Set<string>();
  let at = 0;
  for (; isOption(words[at]); at += 1) {
    const word = words[at] ?? '';
    const row = OPTIONS.find((option) => option.name === word);
    if (row === undefined) {
      draft.warnings = [...draft.warnings, { level: 'warning', text: unknownOption(word) }];
      continue;
    }
    seen.add(row.name);
    if (row.value !== undefined && at + 1 >= words.length) return usage(draft);
    if (row.value !== undefined) at += 1;
    const outcome = row.apply(draft, words[at] ?? '');
    if (outcome === false) return usage(draft);
    if (outcome === 'stop') return { kind: 'options', options: draft };
  }
  if (at < words.length) return usage(draft, at === 0 ? words[0] : undefined);
  return seen.has('-filelog') && seen.has('-syslog') ? usage(draft) : { kind: 'options', options: draft };
}

function isOption(word: string | undefined): boolean {
  return word?.startsWith('-') === true && word !== '-';
}

function usage({ notices }: Draft, stray?: string): ScanResult {
  return { kind: 'usage', notices, ...(stray !== undefined && { stray }) };
}

function unknownOption(word: string): string {
  const near = nearest(word, OPTION_NAMES);
  return `unknown option ignored: ${word}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}

const OPTION_NAMES = OPTIONS.map(({ name }) => name);

function defaults(): Draft {
  return {
    mode: 'run',
    configPath: DEFAULT_CONFIG,
    isDebug: false,
    isInterruptible: false,
    isForeground: false,
    isStayAlive: false,
    isInetdCompatible: false,
    isInsecureAllowed: false,
    fallbackUser: undefined,
    isJson: false,
    words: undefined,
    log: { kind: 'unsaid' },
    pidFile: undefined,
    stateFolder: { kind: 'usual' },
    controlSocket: { kind: 'usual' },
    processLimit: Infinity,
    logProcesses: DEFAULT_LOG_PROCESSES,
    checkSeconds: 0,
    notices: [],
    warnings: [],
  };
}

function set(draft: Draft, values: Partial<DaemonOptions>): true {
  Object.assign(draft, values);
  return true;
}

/** An unknown facility is not fatal: `daemon` is used and the log says so. */
function facilityNamed(draft: Draft, name: string): SyslogFacility {
  const known = SYSLOG_FACILITIES.find((facility) => facility === name.toLowerCase());
  if (known === undefined) {
    draft.warnings = [...draft.warnings, { level: 'error', text: `Bad syslog facility: ${name}` }];
  }
  return known ?? 'daemon';
}

/** strtoull(3) on a whole word: leading blanks and a sign are accepted, a negative number wraps to a huge one. */
function setNumber(word: string, accept: (value: number) => void): boolean {
  const match = /^\s*([+-]?)(\d+)$/.exec(word);
  if (match === null) return false;
  const value = Number(match[2]);
  accept(match[1] === '-' && value > 0 ? Infinity : value);
  return true;
}
