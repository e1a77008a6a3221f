// The environment of a server: the daemon's own, filtered, with `env` on top, and what tells it who calls.
// Pure. All strings are `NAME=value` byte strings.
// Source: spec 6.4; the names never passed on are those that would let the daemon's surroundings steer a server.

import type { ServiceConfig } from '../config/service-config.ts';
import { isOfStyle } from './peer-styles.ts';

/** What a server is told about the request it serves. */
export interface Caller {
  /** As the log prints it; `<no address>` where the server accepts by itself. */
  readonly text: string;
  /** Without the mapping prefix; undefined where the peer is unknown. */
  readonly plain: string | undefined;
  readonly port: number;
  /** Who called, on a unix socket. */
  readonly person?: { readonly uid: number; readonly gid: number; readonly pid: number };
  /** In the names of other super-servers; `NAME=value`. */
  readonly styled?: readonly string[];
  readonly connectionId: string;
}

/** Variables that say who calls: set for each connection, never taken from elsewhere. */
const CALLER_NAMES: ReadonlySet<string> = new Set([
  'REMOTE_HOST',
  'REMOTE_ADDR',
  'REMOTE_PORT',
  'REMOTE_UID',
  'REMOTE_GID',
  'REMOTE_PID',
  'XINETD_SERVICE',
  'XINETD_CONN_ID',
]);

const NEVER_NAMES: ReadonlySet<string> = new Set([
  'GLIBC_TUNABLES',
  'NOTIFY_SOCKET',
  'INVOCATION_ID',
  'JOURNAL_STREAM',
  'CREDENTIALS_DIRECTORY',
  'BASH_ENV',
  'ENV',
  'IFS',
]);

const NEVER_PREFIXES = ['LD_', 'NODE_', 'BASH_FUNC_', 'WATCHDOG_', 'LISTEN_'] as const;

/**
 * What every server of a service gets, without the variables of the single connection.
 * Order: the daemon's own (or the `passenv` names), then what `env` adds; a replaced variable keeps its place.
 */
export function serverEnvironment(
  config: Pick<ServiceConfig, 'env' | 'passenv' | 'env_style'>,
  daemonEnvironment: readonly string[],
  serviceId: string,
): readonly string[] {
  if (config.passenv === undefined && config.env.length + config.env_style.length === 0)
    return [...variablesOf(daemonEnvironment).usual.values(), `XINETD_SERVICE=${serviceId}`];
  const variables = baseOf(daemonEnvironment, config.passenv);
  for (const setting of config.env) variables.set(nameOf(setting), setting);
  for (const name of variables.keys())
    if (CALLER_NAMES.has(name) || isOfStyle(config.env_style, name)) variables.delete(name);
  return [...variables.values(), `XINETD_SERVICE=${serviceId}`];
}

/** What is added for one connection (differs: D41, all but REMOTE_HOST is ours). REMOTE_HOST comes last, as in the reference. */
export function callerEnvironment(caller: Caller): readonly string[] {
  const { plain, port, person, styled = [], text, connectionId } = caller;
  const address = plain === undefined ? [] : [`REMOTE_ADDR=${plain}`, `REMOTE_PORT=${port}`];
  const who =
    person === undefined ? [] : [`REMOTE_UID=${person.uid}`, `REMOTE_GID=${person.gid}`, `REMOTE_PID=${person.pid}`];
  return [...address, ...who, ...styled, `XINETD_CONN_ID=${connectionId}`, `REMOTE_HOST=${text}`];
}

/** differs: D40, variables that steer loaders, shells, Node or systemd stay behind unless `passenv` names them. */
function baseOf(environment: readonly string[], passenv: readonly string[] | undefined): Map<string, string> {
  const { all, usual } = variablesOf(environment);
  if (passenv === undefined) return new Map(usual);
  const passed = new Map<string, string>();
  for (const name of passenv) {
    const variable = all.get(name);
    if (variable !== undefined) passed.set(name, variable);
  }
  return passed;
}

interface Variables {
  /** By name; of two with one name the first. */
  readonly all: ReadonlyMap<string, string>;
  /** What is passed without `passenv`. */
  readonly usual: ReadonlyMap<string, string>;
}

/** Of thousands of services all have the same. */
const known = new WeakMap<readonly string[], Variables>();

function variablesOf(environment: readonly string[]): Variables {
  const found = known.get(environment);
  if (found !== undefined) return found;
  const all = new Map<string, string>();
  for (const variable of environment) if (!all.has(nameOf(variable))) all.set(nameOf(variable), variable);
  const usual = new Map([...all].filter(([name]) => !isNeverPassed(name) && !CALLER_NAMES.has(name)));
  const variables = { all, usual };
  known.set(environment, variables);
  return variables;
}

/** Whether a variable of the daemon's own environment stays behind when no `passenv` names it. */
export function isNeverPassed(name: string): boolean {
  return NEVER_NAMES.has(name) || NEVER_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function nameOf(variable: string): string {
  const end = variable.indexOf('=');
  return end === -1 ? variable : variable.slice(0, end);
}
