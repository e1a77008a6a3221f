// What each check says about a caller, as a short sentence for people. Pure.

import type { TimeInterval } from '../config/attributes/values.ts';
import type { CheckName } from '../policy/decide.ts';
import type { CheckResult, Explanation } from '../policy/explain.ts';
import type { PolicyRequest } from '../policy/request.ts';
import type { LiveFacts } from './explain-request.ts';
import { wrapperWords } from './explain-wrappers.ts';

/** What the sentences are made from. */
export interface Told {
  readonly request: PolicyRequest;
  readonly explanation: Explanation;
  readonly live: LiveFacts | undefined;
}

type Words = (told: Told, result: CheckResult) => string;

/** The sentence of one check. */
export function saysOf(result: CheckResult, told: Told): string {
  return WORDS[result.name](told, result);
}

const WORDS: { readonly [name in CheckName]: Words } = {
  per_source_cps: ({ request: { service }, live }) => {
    const left = live?.perSourceCps.left ?? undefined;
    return `${limit(service.config.per_source_cps, 'a second from one source')}${left === undefined ? '' : `, ${left} left`}`;
  },
  cps: ({ request: { service }, live }) => {
    const { connections, waitSeconds } = service.config.cps;
    if (connections === 0) return 'no limit';
    const counted = live === undefined ? '' : `; ${live.cps.counted} in the last ${live.cps.windowSeconds + 1} s`;
    return `up to ${connections} a second, then off for ${waitSeconds} s${counted}`;
  },
  max_load: ({ request: { service, load } }) => {
    if (service.config.max_load === 0) return 'no limit';
    return `below a load of ${service.config.max_load}${load === undefined ? '' : `; it is ${load.toFixed(2)}`}`;
  },
  access_times: ({ request: { service, localMinute } }, { isPassed }) => {
    const { access_times } = service.config;
    if (access_times === undefined) return 'always open';
    const hours = access_times.map(interval).join(' ');
    return `${isPassed ? 'open' : 'closed'} at ${timeOf(localMinute)}: it is open ${hours === '' ? 'never' : hours}`;
  },
  instances: ({ request: { service }, live }) =>
    `${limit(service.config.instances, 'servers')}${running(live?.instances.running)}`,
  per_source: ({ request: { service }, live }) =>
    `${limit(service.config.per_source, 'servers for one source')}${running(live?.perSource.running)}`,
  limit: ({ request: { processLimit }, live }) =>
    live === undefined
      ? 'what -limit says is up to the daemon'
      : `${limit(processLimit, 'servers of all services')}${running(live.processLimit.running)}`,
  proxy_from: ({ request }) => proxyWords(request),
  sensor: sensorWords,
  access: ({ request, explanation }) => accessWords(request, explanation),
  libwrap: ({ request }) => wrapperWords(request),
};

function running(count: number | undefined): string {
  return count === undefined ? '' : `; ${count} now`;
}

function sensorWords({ request: { service }, live }: Told): string {
  const left = live?.banLeftSeconds;
  if (left === null) return 'banned for ever';
  if (left !== undefined && left > 0) return `banned for another ${left} s`;
  if (service.config.flags.includes('SENSOR')) return 'a sensor serves nobody';
  return live === undefined ? 'no sensor; bans are not looked at' : 'no sensor, and not banned';
}

function proxyWords({ service: { config }, access, via }: PolicyRequest): string {
  if (config.proxy_from === undefined) return 'callers connect by themselves';
  if (via === undefined) return `for a caller through ${config.proxy_from.map(({ text }) => text).join(' ')}`;
  const rule = access.proxies?.match(via);
  return rule === undefined ? `no word of proxy_from matches ${via.plain}` : `proxy_from has "${rule.text}"`;
}

function limit(value: number, unit: string): string {
  return value === Infinity ? 'no limit' : `up to ${value} ${unit}`;
}

function accessWords({ source, access, hostName }: PolicyRequest, found: Explanation): string {
  if (source === undefined) return 'the server accepts by itself, so addresses are not looked at';
  const { refusedBy, isRefusalCertain, admittedBy } = found;
  if (refusedBy !== undefined && !isRefusalCertain) {
    return `no_access has the name "${refusedBy.text}", and the name of the caller is not known`;
  }
  if (refusedBy !== undefined) {
    const stronger = admittedBy === undefined ? '' : `; only_from has "${admittedBy.text}", but no_access is stronger`;
    return `no_access has "${refusedBy.text}"${stronger}`;
  }
  if (access.onlyFrom === undefined) return 'without only_from everybody may call';
  if (admittedBy !== undefined) return `only_from has "${admittedBy.text}"`;
  const isNameMissing = access.onlyFrom.names !== undefined && hostName.kind !== 'known';
  return `no word of only_from matches${isNameMissing ? ', and the name of the caller is not known' : ''}`;
}

function interval({ startMinute, endMinute }: TimeInterval): string {
  return `${timeOf(startMinute)}-${timeOf(endMinute)}`;
}

/** `HH:MM`. */
export function timeOf(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
