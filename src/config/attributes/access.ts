// Rows of who may call and when: only_from, no_access, access_times, libwrap, deny_time. Pure.

import { addressList, readNoAccess, readOnlyFrom, showAddress, writeAddresses } from './address-words.ts';
import { readDenyTime, readTimes, writeTimes } from './endpoint-words.ts';
import { ANY_OPERATOR, ASSIGN_ONLY, attribute } from './row.ts';
import type { AddressPattern } from './values.ts';
import { readWord } from './words.ts';

/** compat: an empty list prints as if there were none (golden 036-dump). */
function showList(label: string, none: string, value: readonly AddressPattern[] | undefined): readonly string[] {
  if (value === undefined || value.length === 0) return [`${label}: ${none}`];
  return [`${label}:  ${value.map(showAddress).join(' ')}`];
}

export const onlyFrom = attribute({
  name: 'only_from',
  scope: 'both',
  operators: ANY_OPERATOR,
  arity: 'any',
  read: readOnlyFrom,
  list: addressList,
  fallback: undefined,
  inherit: 'base',
  rebind: false,
  show: (value) => showList('Only from', 'All sites', value),
  write: writeAddresses,
  since: '2.1',
  syntax: 'ADDRESS ...',
  otherwise: 'everybody',
  actsIn: 'policy/address.ts',
  summary: 'Who may use the service.',
  manual: `Addresses are: 10.1.2.3; 10.1.0.0, where trailing zeros stand for any number; 10.1.{2,3}; 10.0.0.0/8;
2001:db8::1; 2001:db8::/32; a name of /etc/networks; host.example.com; .example.com for all names below it. Names are
compared with the name the caller's address has, confirmed by looking it up again. "only_from =" with nothing behind it
lets nobody in. A caller that no_access also names is refused: no list counts as the closer one. What defaults say
holds for every service that says nothing itself; "+=" and "-=" change that list. On a unix socket callers are named by uid:NAME, uid:NUMBER, gid:NAME or
gid:NUMBER, and by nothing else.`,
});

export const noAccess = attribute({
  name: 'no_access',
  scope: 'both',
  operators: ANY_OPERATOR,
  arity: 'any',
  read: readNoAccess,
  list: addressList,
  fallback: undefined,
  inherit: 'base',
  rebind: false,
  show: (value) => showList('No access', 'No blocked sites', value),
  write: writeAddresses,
  since: '2.1',
  syntax: 'ADDRESS ...',
  otherwise: 'nobody',
  actsIn: 'policy/address.ts',
  summary: 'Who may not use the service.',
  manual: `Written like only_from, and stronger than it. A word that is no address keeps the service from starting, because
whoever was meant would not be kept out; nor is a bare number such as 127 taken here (write 127.0.0.0). When a name
stands here and the caller's name cannot be found, the caller is refused.`,
});

export const accessTimes = attribute({
  name: 'access_times',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 'some',
  read: readTimes,
  fallback: undefined,
  inherit: 'never',
  rebind: false,
  show: (value) => (value === undefined ? [] : [`Access times = ${writeTimes(value) ?? ''}`]),
  write: writeTimes,
  since: '2.1',
  syntax: 'HH:MM-HH:MM ...',
  otherwise: 'always',
  actsIn: 'policy/times.ts',
  summary: 'When the service may be used, in local time.',
  manual: `Both ends belong to the interval, the last minute whole. An interval ends at 23:59 at the latest and cannot cross
midnight: write two, such as 22:00-23:59 0:00-6:00. Servers already running are left alone.`,
});

export const libwrap = attribute({
  name: 'libwrap',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readWord,
  fallback: undefined,
  inherit: 'never',
  rebind: false,
  show: (value) => (value === undefined ? [] : [`Libwrap = ${value}`]),
  write: (value) => value,
  since: '2.3.15',
  syntax: 'WORD',
  otherwise: "the program's name; the service name for internal and redirected services",
  actsIn: 'policy/hosts-access.ts',
  summary: 'Name looked for in hosts.allow and hosts.deny.',
  manual: `Use it where one program serves under several names. The flag NOLIBWRAP leaves those files out altogether. What
they may say stands in hosts_access(5) and hosts_options(5); a change counts within a second. They are asked last, when
everything else in this configuration lets the caller in.`,
});

export const denyTime = attribute({
  name: 'deny_time',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readDenyTime,
  fallback: 0,
  inherit: 'never',
  rebind: false,
  show: (value, shown) => (shown.flags.includes('SENSOR') ? [`Deny Time: ${value === Infinity ? -1 : value}`] : []),
  write: (value) => (value === 0 ? undefined : value === Infinity ? 'FOREVER' : String(value)),
  since: '2.1.8.9pre16',
  syntax: 'MINUTES | FOREVER | NEVER',
  otherwise: 'NEVER',
  actsIn: 'policy/sensor.ts',
  summary: 'How long a caller of a SENSOR service is refused by every service.',
  manual: `Minutes, FOREVER or NEVER (the attempt is only logged). A caller that comes again is refused for longer. A
datagram bans nobody, for its sender may be forged. Be careful: many callers can share one address. "xinetd-ts bans" lists
and ends bans, which outlive the daemon (xinetd-ts(8), -statedir).`,
});
