// Fills in what a service leaves unsaid: family flags, protocol and socket type from each other, port and program
// number from the name files. Pure; reports XC200 – XC209, and answers whether the service is still whole.
// Source: spec of the reference 4.1, 4.2.
// differs: D4 a bind address and a family flag must agree. differs: D6 NAMEINARGS and server_args stand in any order.

import { bindLiteral } from './attributes/endpoint-words.ts';
import type { ServiceFlag, ServiceType } from './attributes/values.ts';
import { SERVICE_FLAGS } from './attributes/values.ts';
import type { DiagnosticCode } from './codes.ts';
import type { Draft } from './merge.ts';
import { nearest } from './nearest.ts';
import type { ConfigPorts } from './ports.ts';
import type { ServiceConfig } from './service-config.ts';

/** What the rules of complete.ts and validate.ts work with. */
export interface Examination {
  readonly draft: Draft;
  readonly ports: ConfigPorts;
  /** Reports about the attribute if it is written somewhere, else about the entry. */
  readonly report: (
    code: DiagnosticCode,
    args: readonly (string | number)[],
    attribute?: keyof ServiceConfig,
    hint?: string,
  ) => void;
}

/** A step; false: the service is left out, and the finding says why. */
export type Step = (examination: Examination) => boolean;

/** Completion, in the reference's order. */
export const COMPLETION: readonly Step[] = [
  requireServer,
  completeId,
  completeUser,
  completeFamily,
  completeProtocol,
  completePort,
];

/** Whether the service is of a type. */
export function isOfType({ values }: Draft, ...types: readonly ServiceType[]): boolean {
  return values.type?.some((type) => types.includes(type)) === true;
}

/** Whether the service carries a flag. */
export function hasFlag({ values }: Draft, flag: ServiceFlag): boolean {
  return values.flags?.includes(flag) === true;
}

/** Sets and clears flags, keeping their order. */
export function changeFlags({ values }: Draft, add: readonly ServiceFlag[], clear: readonly ServiceFlag[]): void {
  const set = values.flags ?? [];
  values.flags = SERVICE_FLAGS.filter((flag) => !clear.includes(flag) && (set.includes(flag) || add.includes(flag)));
}

/** Takes USERID out of the lists of flags, and answers in which it was. */
export function dropUserId({ values }: Draft): readonly ('log_on_success' | 'log_on_failure')[] {
  const { log_on_success: success = [], log_on_failure: failure = [] } = values;
  const isAsked = { log_on_success: success.includes('USERID'), log_on_failure: failure.includes('USERID') };
  if (isAsked.log_on_success) values.log_on_success = success.filter((flag) => flag !== 'USERID');
  if (isAsked.log_on_failure) values.log_on_failure = failure.filter((flag) => flag !== 'USERID');
  return (['log_on_success', 'log_on_failure'] as const).filter((list) => isAsked[list]);
}

function requireServer({ draft, report }: Examination): boolean {
  const { values, name } = draft;
  if (draft.isInetd && values.server !== undefined) values.server_args ??= [fileName(values.server)];
  if (isOfType(draft, 'INTERNAL') || values.redirect !== undefined) return true;
  if (values.server === undefined) report('XC200', [name]);
  else if (hasFlag(draft, 'NAMEINARGS') && values.server_args === undefined) report('XC201', [], 'flags');
  else return true;
  return false;
}

/** differs: D19 a line of inetd.conf without arguments gives the program its own name, not an empty one. */
function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function completeId({ draft }: Examination): boolean {
  draft.values.id ??= draft.name;
  return true;
}

function completeUser({ draft, ports }: Examination): boolean {
  if (ports.fallbackUser !== undefined) draft.values.user ??= ports.fallbackUser;
  return true;
}

/** A bind address decides the family where the flags do not; where both speak they must agree. */
function completeFamily(examination: Examination): boolean {
  const { draft, report } = examination;
  const [wantsIPv4, wantsIPv6] = [hasFlag(draft, 'IPv4'), hasFlag(draft, 'IPv6')];
  const bind = (draft.values.bind = bindOfFamily(examination, wantsIPv4 && !wantsIPv6 ? 'ipv4' : 'ipv6'));
  if (!wantsIPv4 && !wantsIPv6) changeFlags(draft, [bind?.family === 'ipv4' ? 'IPv4' : 'IPv6'], []);
  if (bind === undefined || hasFlag(draft, bind.family === 'ipv4' ? 'IPv4' : 'IPv6')) return true;
  report('XC206', [draft.name, bind.address], 'bind', `write "flags = ${bind.family === 'ipv4' ? 'IPv4' : 'IPv6'}"`);
  return false;
}

/** Leaves one of the flags IPv4 and IPv6 where both stand: that of the bind address, else IPv6. */
export function settleFamily({ draft, report }: Examination): boolean {
  if (!hasFlag(draft, 'IPv4') || !hasFlag(draft, 'IPv6')) return true;
  report('XC205', [draft.name], 'flags');
  changeFlags(draft, [], [draft.values.bind?.family === 'ipv4' ? 'IPv6' : 'IPv4']);
  return true;
}

/** Of the several addresses of a name, the first of the family the service asks for. */
function bindOfFamily({ draft, ports }: Examination, family: 'ipv4' | 'ipv6'): ServiceConfig['bind'] {
  const bind = draft.values.bind;
  if (bind === undefined || bind.text === bind.address || bindLiteral(bind.text, bind.text) !== undefined) return bind;
  const choices = ports.lookupHosts(bind.text).map((address) => bindLiteral(bind.text, address));
  return choices.find((choice) => choice?.family === family) ?? bind;
}

function completeProtocol({ draft, ports }: Examination): boolean {
  const { values } = draft;
  if (values.protocol === undefined && (values.socket_type === 'stream' || values.socket_type === 'dgram')) {
    const name = values.socket_type === 'stream' ? 'tcp' : 'udp';
    values.protocol = { name, number: ports.lookupProtocol(name)?.number ?? (name === 'tcp' ? 6 : 17) };
  }
  if (values.socket_type === undefined && values.protocol?.name === 'tcp') values.socket_type = 'stream';
  if (values.socket_type === undefined && values.protocol?.name === 'udp') values.socket_type = 'dgram';
  return true;
}

function completePort({ draft, ports, report }: Examination): boolean {
  const { values, name } = draft;
  if (isOfType(draft, 'RPC')) {
    const listed = isOfType(draft, 'UNLISTED') ? undefined : ports.lookupRpc(name);
    if (listed !== undefined) values.rpc_number ??= listed.number;
    return true;
  }
  if (values.port !== undefined || isOfType(draft, 'TCPMUX', 'TCPMUXPLUS')) return true;
  if (isOfType(draft, 'UNLISTED')) report('XC202', [name], undefined, 'add "port = NUMBER"');
  else if (values.protocol === undefined) report('XC203', [name]);
  else {
    const listed = ports.lookupService(name, values.protocol.name);
    if (listed !== undefined) values.port = listed.port;
    if (listed !== undefined) return true;
    report('XC204', [name], undefined, unlistedHint(name, ports));
  }
  return false;
}

/** For a service name nobody knows. */
export function unlistedHint(name: string, ports: ConfigPorts): string {
  const near = nearest(name, ports.serviceNames());
  const meant = near === undefined || near === name ? '' : `did you mean "${near}"? or `;
  return `${meant}add "type = UNLISTED" and "port = NUMBER"`;
}
