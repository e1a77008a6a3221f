// Rows of how much at once: instances, per_source, cps, max_load; and how long:
// reload_grace, idle_timeout. Pure.

import type { Word } from '../syntax.ts';
import { ASSIGN_ONLY, FAILED, attribute } from './row.ts';
import type { Failed, ReadContext } from './row.ts';
import type { ConnectionRate } from './values.ts';
import { first, readLimit, unsigned, writeNumber } from './words.ts';

const DEFAULT_RATE: ConnectionRate = { connections: 50, waitSeconds: 10 };
const LEADING_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;

function readRate(words: readonly Word[], context: ReadContext): ConnectionRate | Failed {
  const [rateWord, waitWord] = [first(words), first(words.slice(1))];
  const connections = unsigned(rateWord.text);
  const waitSeconds = unsigned(waitWord.text);
  if (connections === undefined) context.report('XC152', [], rateWord);
  else if (waitSeconds === undefined) context.report('XC153', [], waitWord);
  else return { connections, waitSeconds };
  return FAILED;
}

/** compat: what follows the number is ignored, as sscanf(3) does. */
function readLoad(words: readonly Word[], context: ReadContext): number | Failed {
  const word = first(words);
  const number = LEADING_NUMBER.exec(word.text);
  if (number === null) {
    context.report('XC154', [], word);
    return FAILED;
  }
  const load = Number(number[0]);
  if (load !== 0 && Number.isFinite(load)) return load;
  context.report('XC155', [], word, 'leave the attribute out to serve under any load');
  return FAILED;
}

function showLimit(value: number): string {
  return value === Infinity ? 'UNLIMITED' : String(value);
}

export const instances = attribute({
  name: 'instances',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readLimit('XC150'),
  fallback: Infinity,
  inherit: 'whole',
  rebind: false,
  show: (value, shown) => (shown.isSetHere ? [`Instances = ${showLimit(value)}`] : []),
  write: writeNumber,
  since: '2.1',
  syntax: 'NUMBER | UNLIMITED',
  otherwise: 'UNLIMITED',
  actsIn: 'policy/limits.ts',
  summary: 'How many servers of this service may run at once.',
  manual: `Callers beyond the limit are refused with service_limit in the log. 0 refuses everybody. Internal services that
answer at once never count as running.`,
});

export const perSource = attribute({
  name: 'per_source',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readLimit('XC151'),
  fallback: Infinity,
  inherit: 'whole',
  rebind: false,
  show: (value, shown) =>
    shown.isDefaults && !shown.isSetHere ? [] : [`PER_SOURCE = ${value === Infinity ? -1 : value}`],
  write: writeNumber,
  since: '2.1.8.9pre',
  syntax: 'NUMBER | UNLIMITED',
  otherwise: 'UNLIMITED',
  actsIn: 'policy/limits.ts',
  summary: 'How many servers of this service one source address may have running.',
  manual: `Callers beyond it are refused with per_source_limit in the log. The port of the caller does not matter, and an
IPv4 address counts the same whichever family the socket has.`,
});

/** Infinity and 0 both mean that nobody is counted. */
function readSourceRate(words: readonly Word[], context: ReadContext): number | Failed {
  const rate = readLimit('XC156')(words, context);
  return rate === 0 ? Infinity : rate;
}

export const perSourceCps = attribute({
  name: 'per_source_cps',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readSourceRate,
  fallback: Infinity,
  inherit: 'whole',
  rebind: false,
  show: (value, shown) => (shown.isSetHere ? [`PER_SOURCE_CPS = ${value === Infinity ? -1 : value}`] : []),
  write: (value) => (value === Infinity ? undefined : String(value)),
  since: 'xinetd-ts 0.1',
  syntax: 'NUMBER | UNLIMITED',
  otherwise: 'UNLIMITED',
  actsIn: 'policy/source-rate.ts',
  summary: 'How many connections a second one source address may make; what is more is refused, and only that.',
  manual: `With cps alone one caller who connects fast enough shuts the service for everybody. With per_source_cps well below
the first number of cps, that caller is refused with "connections per second" in the log, does not count towards cps, and
the rest of cps is left for the others. It is counted like cps. IPv6 callers are counted by their /64. Callers behind one address share its rate, and a datagram
service counts nobody, for senders can be forged.`,
});

export const cps = attribute({
  name: 'cps',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 2,
  read: readRate,
  fallback: DEFAULT_RATE,
  inherit: 'whole',
  rebind: false,
  show: (value, shown) => (shown.isSetHere ? [`CPS = max conn:${value.connections} wait:${value.waitSeconds}`] : []),
  write: (value) => `${value.connections} ${value.waitSeconds}`,
  since: '2.1.8.9pre9',
  syntax: 'CONNECTIONS SECONDS',
  otherwise: '50 10',
  actsIn: 'policy/cps.ts',
  summary: 'How many connections a second, and how long the service is off when there are more.',
  manual: `The first number is connections per second, 0 for any number; the second how many seconds the service stops
listening once they are exceeded. The default of 50 10 is in force although nobody wrote it.`,
});

export const reloadGrace = attribute({
  name: 'reload_grace',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readLimit('XC157'),
  fallback: Infinity,
  inherit: 'whole',
  rebind: false,
  show: () => [],
  write: (value) => (value === Infinity ? undefined : String(value)),
  since: 'xinetd-ts 0.1',
  syntax: 'SECONDS | UNLIMITED',
  otherwise: 'UNLIMITED',
  actsIn: 'daemon/grace.ts',
  summary: 'How long running servers may go on after a reload has removed their service.',
  manual: `xinetd kills them at once; here they finish. Those still running after this time get SIGTERM, and SIGKILL ten
seconds later. It is the value from before the reload that counts.`,
});

export const maxLoad = attribute({
  name: 'max_load',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readLoad,
  fallback: 0,
  inherit: 'whole',
  rebind: false,
  write: (value) => (value === 0 ? undefined : String(value)),
  since: '2.1.8.9pre9',
  syntax: 'NUMBER',
  otherwise: 'any load',
  actsIn: 'policy/load.ts',
  summary: 'Load average of one minute at which the service refuses callers.',
  manual: `A number such as 2.5; the load is that of /proc/loadavg. Callers are refused with load in the log.`,
});

const IDLE_SECONDS = 20;

/** Infinity and 0 both mean that nobody is disconnected. */
function readIdle(words: readonly Word[], context: ReadContext): number | Failed {
  const seconds = readLimit('XC158')(words, context);
  return seconds === 0 ? Infinity : seconds;
}

export const idleTimeout = attribute({
  name: 'idle_timeout',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readIdle,
  fallback: IDLE_SECONDS,
  inherit: 'whole',
  rebind: false,
  show: () => [],
  write: (value) => (value === IDLE_SECONDS ? undefined : writeNumber(value)),
  since: 'xinetd-ts 0.1',
  syntax: 'SECONDS | UNLIMITED',
  otherwise: String(IDLE_SECONDS),
  actsIn: 'daemon/serve.ts',
  summary: 'How long a client of a built-in service may do nothing.',
  manual: `One that has neither sent nor taken a byte for so long is disconnected, so that silent clients cannot use up instances or
descriptors. It is for the stream services that xinetd answers itself: echo, discard, chargen, services and servers.`,
});
