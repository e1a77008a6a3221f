// What each check says about a caller, as a short sentence for people. Pure. A check without words of its own says
// only whether it was passed.

import type { TimeInterval } from '../config/attributes/values.ts';
import type { CheckResult, Explanation } from '../policy/explain.ts';
import type { PolicyRequest } from '../policy/request.ts';

type Words = (request: PolicyRequest, result: CheckResult, explanation: Explanation) => string;

/** The sentence of one check. */
export function saysOf(result: CheckResult, request: PolicyRequest, explanation: Explanation): string {
  const words = WORDS[result.name];
  if (words !== undefined) return words(request, result, explanation);
  return result.isPassed ? 'nothing against it' : `refuses: ${result.reason ?? ''}`;
}

const WORDS: { readonly [name: string]: Words } = {
  per_source_cps: ({ service }) => limit(service.config.per_source_cps, 'a second from one source'),
  cps: ({ service }) => {
    const { connections, waitSeconds } = service.config.cps;
    if (connections === 0) return 'no limit';
    return `up to ${connections} a second, then off for ${waitSeconds} s`;
  },
  max_load: ({ service }) => (service.config.max_load > 0 ? `below a load of ${service.config.max_load}` : 'no limit'),
  access_times: ({ service, localMinute }, { isPassed }) => {
    const { access_times } = service.config;
    if (access_times === undefined) return 'always open';
    const hours = access_times.map(interval).join(' ');
    return `${isPassed ? 'open' : 'closed'} at ${timeOf(localMinute)}: it is open ${hours === '' ? 'never' : hours}`;
  },
  instances: ({ service }) => limit(service.config.instances, 'servers'),
  per_source: ({ service }) => limit(service.config.per_source, 'servers for one source'),
  limit: () => 'what -limit says is up to the daemon',
  sensor: (_, { isPassed }) => (isPassed ? 'no sensor; bans are not looked at' : 'a sensor serves nobody'),
  access: accessWords,
};

function limit(value: number, unit: string): string {
  return value === Infinity ? 'no limit' : `up to ${value} ${unit}`;
}

function accessWords({ source, access, hostName }: PolicyRequest, _: CheckResult, found: Explanation): string {
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
