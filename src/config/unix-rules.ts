// What fits to a service with socket_path, and what cannot be meant: it has no port, no family, no host on the other side.
// differs: D90. Pure; reports XC282 – XC287. A step of complete.ts and a rule of validate.ts.

import type { AddressPattern } from './attributes/values.ts';
import { dropUserId, hasFlag, isOfType } from './complete.ts';
import type { Examination } from './complete.ts';
import type { Draft } from './merge.ts';

/** Whether a service listens on a unix socket. */
export function isUnix({ values }: Draft): boolean {
  return values.socket_path !== undefined;
}

const CONTRARY = [
  'port',
  'bind',
  'v6only',
  'free_bind',
  'protocol',
  'rpc_number',
  'rpc_version',
  'proxy_from',
] as const;
const UNFIT_FLAGS = ['IPv4', 'IPv6', 'SENSOR', 'IDONLY', 'INTERCEPT', 'LABELED'] as const;
const UNFIT_TYPES = ['RPC', 'TCPMUX', 'TCPMUXPLUS'] as const;
const OWNERSHIP = ['socket_mode', 'socket_user', 'socket_group'] as const;

/** Gives a unix service the values that other steps ask for; false where the entry cannot be meant so. */
export function completeUnix({ draft, report }: Examination): boolean {
  if (!isUnix(draft)) return true;
  const { values, origins } = draft;
  const id = values.id ?? draft.name;
  values.socket_type ??= 'stream';
  const contrary = CONTRARY.find((name) => origins[name]?.from === 'service');
  const flag = UNFIT_FLAGS.find((name) => hasFlag(draft, name));
  const type = UNFIT_TYPES.find((name) => isOfType(draft, name));
  if (contrary !== undefined) report('XC282', [id, contrary], contrary, 'remove one of the two');
  else if (flag !== undefined) report('XC283', [id, flag], 'flags');
  else if (type !== undefined) report('XC283', [id, type], 'type');
  else if (!['stream', 'seqpacket'].includes(values.socket_type)) report('XC284', [id], 'socket_type');
  else {
    values.protocol = { name: 'unix', number: 0 };
    values.port = 0;
    delete values.bind;
    delete values.proxy_from;
    return true;
  }
  return false;
}

/** Rules that can never match anybody are said; mode and owner need a file. */
export function checkUnix({ draft, report }: Examination): boolean {
  const { values, origins } = draft;
  const id = values.id ?? draft.name;
  const ownership = OWNERSHIP.find((name) => origins[name] !== undefined);
  const hasFile = values.socket_path?.startsWith('/') === true;
  if (ownership !== undefined && !hasFile) {
    report('XC287', [id, ownership], ownership);
    return false;
  }
  if (isUnix(draft)) {
    if (values.only_from?.some(isPerson) === false) report('XC285', [id], 'only_from');
    // There is no host whose identity server could be asked, and the kernel has said who it is.
    dropUserId(draft);
  } else {
    const vain = (['only_from', 'no_access'] as const).find(
      (name) => origins[name]?.from === 'service' && values[name]?.some(isPerson) === true,
    );
    if (vain !== undefined) report('XC286', [id, vain], vain);
  }
  return true;
}

/** Whether a pattern is about who, not from where. */
function isPerson({ kind }: AddressPattern): boolean {
  return kind === 'uid' || kind === 'gid';
}
