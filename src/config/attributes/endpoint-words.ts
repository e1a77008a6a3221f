// Readers of endpoints and times: bind, redirect, rpc_version, access_times, deny_time. Pure; reports codes of
// codes-value.ts. Names are looked up in /etc/hosts only (bind) or not at all (redirect).

import type { Word } from '../syntax.ts';
import { isHostName } from './address-words.ts';
import { formatIPv4, parseIPv4, parseIPv6 } from './ip-text.ts';
import { FAILED } from './row.ts';
import type { Failed, ReadContext } from './row.ts';
import type { BindValue, RedirectValue, TimeInterval, VersionRange } from './values.ts';
import { MOST_PATH_BYTES, decimal, first } from './words.ts';

const INT_MAX = 2_147_483_647;
const PORT_MAX = 65_535;

/** Reads bind: an address, or a name of /etc/hosts (of several addresses `completeBind` chooses one). */
export function readBind(words: readonly Word[], context: ReadContext): BindValue | Failed {
  const word = first(words);
  const literal = bindLiteral(word.text, word.text);
  if (literal !== undefined) return literal;
  const found = isHostName(word.text) ? context.ports.lookupHosts(word.text) : [];
  const chosen = found[0] === undefined ? undefined : bindLiteral(word.text, found[0]);
  if (chosen !== undefined) return chosen;
  context.report('XC118', [], word, isHostName(word.text) ? 'names must stand in /etc/hosts' : undefined);
  return FAILED;
}

/** A bind value of `address`, written as `text`. */
export function bindLiteral(text: string, address: string): BindValue | undefined {
  const v4 = /^[\d.]+$/.test(address) ? parseIPv4(address) : undefined;
  if (v4 !== undefined) return { text, family: 'ipv4', address: formatIPv4(v4) };
  return parseIPv6(address) === undefined ? undefined : { text, family: 'ipv6', address };
}

const UNIX = 'unix:';

/** Whether a word names a unix socket, which has no port. */
export function isUnixTarget(text: string): boolean {
  return text.startsWith(UNIX);
}

/** Reads redirect: host and port, or a unix socket; a name is resolved when a connection comes. */
export function readRedirect(words: readonly Word[], context: ReadContext): RedirectValue | Failed {
  const [host, portWord] = [first(words), first(words.slice(1))];
  if (isUnixTarget(host.text)) return readUnixTarget(host, context);
  const port = readPortOrService(portWord, context);
  if (port === FAILED) return FAILED;
  const v4 = /^[\d.]+$/.test(host.text) ? parseIPv4(host.text) : undefined;
  if (v4 !== undefined) return { host: formatIPv4(v4), family: 'ipv4', port };
  if (parseIPv6(host.text) !== undefined) return { host: host.text, family: 'ipv6', port };
  if (isHostName(host.text)) return { host: host.text, family: 'name', port };
  context.report('XC141', [], host);
  return FAILED;
}

function readUnixTarget(word: Word, context: ReadContext): RedirectValue | Failed {
  const path = word.text.slice(UNIX.length);
  if (path.startsWith('/') && path.length <= MOST_PATH_BYTES) return { host: path, family: 'unix', port: 0 };
  context.report('XC149', [word.text], word, `an absolute path of at most ${MOST_PATH_BYTES} bytes`);
  return FAILED;
}

/** A redirect value as it is written. */
export function writeRedirect({ host, family, port }: RedirectValue): string {
  return family === 'unix' ? `${UNIX}${host}` : `${host} ${port}`;
}

function readPortOrService(word: Word, context: ReadContext): number | Failed {
  if (/^[+-]?\d+$/.test(word.text)) {
    const port = Number(word.text);
    if (port > 0 && port <= PORT_MAX) return port;
    context.report(port > PORT_MAX ? 'XC140' : 'XC139', [], word);
    return FAILED;
  }
  const service = context.ports.lookupService(word.text, 'tcp');
  if (service !== undefined) return service.port;
  context.report('XC139', [], word, 'a number from 1 to 65535 or a tcp name of /etc/services');
  return FAILED;
}

/** Reads rpc_version: one number or `low-high`. */
export function readVersions(words: readonly Word[], context: ReadContext): VersionRange | Failed {
  const word = first(words);
  const dash = word.text.indexOf('-');
  const head = dash === -1 ? word.text : word.text.slice(0, dash);
  const low = decimal(head, 0, INT_MAX);
  const high = dash === -1 ? low : decimal(word.text.slice(dash + 1), 0, INT_MAX);
  if (low !== undefined && high !== undefined && low <= high) return { low, high };
  context.report('XC119', [head], word, 'a number, or two with a dash: 1-3');
  return FAILED;
}

/** Reads deny_time: FOREVER, NEVER or minutes; `-1` is FOREVER as well. */
export function readDenyTime(words: readonly Word[], context: ReadContext): number | Failed {
  const word = first(words);
  const text = word.text.toUpperCase();
  if (text === 'FOREVER' || text === '-1') return Infinity;
  const minutes = text === 'NEVER' ? 0 : decimal(text, 0, INT_MAX);
  if (minutes !== undefined) return minutes;
  context.report('XC122', [word.text], word, 'minutes, FOREVER or NEVER');
  return FAILED;
}

/** Reads access_times: `H:M-H:M` words; an interval cannot cross midnight. */
export function readTimes(words: readonly Word[], context: ReadContext): readonly TimeInterval[] | Failed {
  const intervals: TimeInterval[] = [];
  for (const word of words) {
    const interval = readInterval(word, context);
    if (interval === FAILED) return FAILED;
    intervals.push(interval);
  }
  return intervals;
}

function readInterval(word: Word, context: ReadContext): TimeInterval | Failed {
  let rest = word.text;
  const numbers: number[] = [];
  for (const [separator, limit] of INTERVAL_SHAPE) {
    const digits = /^\d+/.exec(rest)?.[0] ?? '';
    rest = rest.slice(digits.length);
    if (digits === '' || !(separator === '' ? rest === '' : rest.startsWith(separator))) {
      context.report('XC170', [], word, 'write it as 8:00-17:30; several stand side by side, without commas');
      return FAILED;
    }
    if (Number(digits) > limit) {
      context.report('XC171', [], word, 'hours are 0 to 23, minutes 0 to 59; the last minute of a day is 23:59');
      return FAILED;
    }
    numbers.push(Number(digits));
    rest = rest.slice(separator.length);
  }
  const [startHour = 0, startMinutes = 0, endHour = 0, endMinutes = 0] = numbers;
  const interval = { startMinute: startHour * 60 + startMinutes, endMinute: endHour * 60 + endMinutes };
  if (interval.startMinute < interval.endMinute) return interval;
  context.report('XC172', [word.text], word, 'for a night, write two: 22:00-23:59 0:00-6:00');
  return FAILED;
}

const INTERVAL_SHAPE: readonly (readonly [separator: string, limit: number])[] = [
  [':', 23],
  ['-', 59],
  [':', 23],
  ['', 59],
];

/** Minutes since midnight as HH:MM. */
export function showMinute(minute: number): string {
  return `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;
}

function twoDigits(part: number): string {
  return String(part).padStart(2, '0');
}

/** Intervals as the dump and the configuration write them. */
export function writeTimes(value: readonly TimeInterval[] | undefined): string | undefined {
  return value?.map((span) => `${showMinute(span.startMinute)}-${showMinute(span.endMinute)}`).join(' ');
}
