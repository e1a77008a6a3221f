// Rules a whole service must keep, in the reference's order; the first that says no leaves the service out.
// Pure; reports XC210 – XC249 (see also proxy-rules.ts).
// Source: spec of the reference 4.3.
// differs: D12 TRAFFIC without redirect is ignored. differs: D17 a datagram service must wait. differs: D21 a daemon
// that is not root may leave out user. tcpmux services have no port and so no duplicates; a stream service that waits
// and has access lists is warned about.

import { SERVICE_TYPES } from './attributes/values.ts';
import { checkBlindAccess } from './blind-access.ts';
import { COMPLETION, changeFlags, hasFlag, isOfType, settleFamily, unlistedHint } from './complete.ts';
import type { Examination, Step } from './complete.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Draft } from './merge.ts';
import { wholeConfig } from './merge.ts';
import type { ConfigPorts } from './ports.ts';
import { checkProxies, checkProxyProtocol } from './proxy-rules.ts';
import type { Service } from './service.ts';
import type { ServiceConfig } from './service-config.ts';
import { checkUnix, completeUnix, isUnix } from './unix-rules.ts';

const IDENT_PORT = 113;
const MOST_VERSIONS = 256;

/** Services that xinetd answers itself, by the kinds of socket they know. */
const BUILTINS: ReadonlyMap<string, readonly string[]> = new Map([
  ['echo', ['stream', 'dgram']],
  ['discard', ['stream', 'dgram']],
  ['daytime', ['stream', 'dgram']],
  ['time', ['stream', 'dgram']],
  ['chargen', ['stream', 'dgram']],
  ['tcpmux', ['stream']],
  ['services', ['stream']],
  ['servers', ['stream']],
]);

/** Rules that need nothing but the service itself and the name files. */
const RULES: readonly Step[] = [
  checkIntercept,
  checkInternal,
  checkLabeled,
  checkTcpmux,
  checkListed,
  checkRedirect,
  checkTraffic,
  checkProxyProtocol,
  checkProxies,
  checkVersions,
  checkNameInArgs,
  checkDatagram,
  settleFamily,
  checkRequired,
  checkIdent,
  checkBlindAccess,
  checkUnix,
];

/** Completes and checks services one by one; remembers the ones that passed, to find duplicates. */
export class Validator {
  readonly #ports: ConfigPorts;
  readonly #push: (diagnostic: Diagnostic) => void;
  readonly #passed = new Map<string, Draft[]>();

  constructor(ports: ConfigPorts, push: (diagnostic: Diagnostic) => void) {
    this.#ports = ports;
    this.#push = push;
  }

  /** The finished service, or undefined where a rule said no. */
  validate(draft: Draft): Service | undefined {
    const examination = this.#examination(draft);
    if (!completeUnix(examination) || !COMPLETION.every((step) => step(examination))) return undefined;
    const key = endpointKey(draft);
    if (key !== undefined && this.#isDuplicate(examination, key)) return undefined;
    if (!RULES.every((rule) => rule(examination))) return undefined;
    if (key !== undefined) this.#remember(examination, key);
    const { name, values, origins, span, isInetd } = draft;
    return { name, config: wholeConfig(values), origins, span, isInetd };
  }

  #examination(draft: Draft): Examination {
    const report: Examination['report'] = (code, args, attribute, hint) => {
      const span = (attribute && draft.origins[attribute]?.span) ?? draft.span;
      this.#push({ code, args, span, ...(hint !== undefined && { hint }) });
    };
    return { draft, ports: this.#ports, report };
  }

  /** compat: only an earlier service with a bind address is compared (spec 4.3, 1). */
  #isDuplicate({ draft, report }: Examination, key: string): boolean {
    const bind = draft.values.bind;
    const twin = this.#passed.get(key)?.find((earlier) => {
      const other = earlier.values.bind;
      return other !== undefined && (bind === undefined || bind.address === other.address);
    });
    if (twin === undefined) return false;
    const [id, twinId] = [draft.values.id ?? draft.name, twin.values.id ?? twin.name];
    if (id.toLowerCase() === twinId.toLowerCase()) report('XC211', [draft.name, id]);
    else report('XC210', [draft.name, id, twin.name, twinId]);
    return true;
  }

  #remember({ draft, report }: Examination, key: string): void {
    const before = this.#passed.get(key);
    const twin = before?.find((earlier) => earlier.values.bind?.address === draft.values.bind?.address);
    if (twin !== undefined) report(isUnix(draft) ? 'XC288' : 'XC241', [draft.name, twin.name]);
    if (before === undefined) this.#passed.set(key, [draft]);
    else before.push(draft);
  }
}

/** What two services may not share; undefined for one without a port of its own. */
function endpointKey(draft: Draft): string | undefined {
  const { values } = draft;
  if (isOfType(draft, 'TCPMUX', 'TCPMUXPLUS')) return undefined;
  if (values.socket_path !== undefined) return `unix ${values.socket_path}`;
  if (!isOfType(draft, 'RPC')) return `${values.protocol?.number} ${values.port}`;
  const { rpc_number: program, rpc_version: version } = values;
  return program === undefined || version === undefined
    ? undefined
    : `rpc ${values.protocol?.number} ${program} ${version.low}-${version.high}`;
}

function isKnown(name: string, ports: ConfigPorts): boolean {
  return ports.lookupHosts(name).length > 0;
}

/** differs: D69 the kernel checks each packet, and knows no names but those of /etc/hosts. */
function checkIntercept({ draft, ports, report }: Examination): boolean {
  if (!hasFlag(draft, 'INTERCEPT')) return true;
  const id = draft.values.id ?? draft.name;
  const isInternal = isOfType(draft, 'INTERNAL');
  if (isInternal) report('XC212', [id], 'flags');
  if (!isInternal && draft.values.wait === false) report('XC213', [id], 'flags');
  if (isInternal || draft.values.wait === false) {
    changeFlags(draft, [], ['INTERCEPT']);
    return true;
  }
  const lists = [...(draft.values.only_from ?? []), ...(draft.values.no_access ?? [])];
  const named = lists.find((word) => word.kind === 'domain' || (word.kind === 'host' && !isKnown(word.name, ports)));
  if (named !== undefined) report('XC242', [id, named.text], 'flags');
  return named === undefined;
}

/** A sensor is internal whatever its type says. */
function checkInternal({ draft, report }: Examination): boolean {
  const { values, name } = draft;
  if (hasFlag(draft, 'SENSOR')) {
    const types = values.type ?? [];
    values.type = SERVICE_TYPES.filter((type) => type === 'INTERNAL' || types.includes(type));
    return true;
  }
  if (!isOfType(draft, 'INTERNAL')) return true;
  const socketType = values.socket_type ?? 'Unknown socket type';
  if (BUILTINS.get(name.toLowerCase())?.includes(socketType) === true) return true;
  report('XC214', [name, socketType], 'type', `known are ${[...BUILTINS.keys()].join(' ')}`);
  return false;
}

/** differs: D91 no label is ever set. */
function checkLabeled({ draft, report }: Examination): boolean {
  if (!hasFlag(draft, 'LABELED')) return true;
  const { values } = draft;
  const id = values.id ?? draft.name;
  if (isOfType(draft, 'INTERNAL')) report('XC215', [id], 'flags');
  else if (values.socket_type !== 'stream') report('XC216', [id], 'flags');
  else if (values.wait === true) report('XC217', [id], 'flags');
  else if (values.redirect !== undefined) report('XC218', [id], 'flags');
  else report('XC244', [id], 'flags');
  return false;
}

function checkTcpmux({ draft, report }: Examination): boolean {
  if (!isOfType(draft, 'TCPMUX', 'TCPMUXPLUS')) return true;
  if (!isOfType(draft, 'UNLISTED')) report('XC219', [draft.name], 'type');
  else if (draft.values.protocol?.name.toLowerCase() !== 'tcp') report('XC220', [draft.name], 'protocol');
  else return true;
  return false;
}

function checkListed(examination: Examination): boolean {
  const { draft, ports, report } = examination;
  if (isOfType(draft, 'UNLISTED') || isUnix(draft)) return true;
  if (!isOfType(draft, 'RPC')) return checkPort(examination);
  if (ports.lookupRpc(draft.name) !== undefined) return true;
  report('XC221', [draft.name]);
  return false;
}

function checkPort({ draft, ports, report }: Examination): boolean {
  const { values, name } = draft;
  if (values.protocol === undefined) {
    report('XC222', [name]);
    return false;
  }
  const listed = ports.lookupService(name, values.protocol.name);
  if (listed?.port === values.port) return true;
  if (listed === undefined) report('XC223', [name, values.protocol.name], undefined, unlistedHint(name, ports));
  else
    report(
      'XC224',
      [name, listed.port, values.port ?? 0],
      'port',
      `write "port = ${listed.port}", or "type = UNLISTED"`,
    );
  return false;
}

function checkRedirect({ draft, report }: Examination): boolean {
  const { values, name } = draft;
  if (values.redirect === undefined) return true;
  if (values.socket_type !== 'stream') report('XC225', [name], 'redirect');
  else if (values.wait === true) report('XC226', [name], 'wait');
  else if (hasFlag(draft, 'NAMEINARGS')) report('XC227', [name], 'flags');
  else return true;
  return false;
}

/** Where defaults say TRAFFIC for all, services that are not redirected pass it over in silence. */
function checkTraffic({ draft, report }: Examination): boolean {
  const { values, origins, name } = draft;
  const flags = values.log_on_success;
  if (values.redirect !== undefined || flags?.includes('TRAFFIC') !== true) return true;
  values.log_on_success = flags.filter((flag) => flag !== 'TRAFFIC');
  if (origins.log_on_success?.from === 'service') report('XC228', [name], 'log_on_success');
  return true;
}

/** Each version is a registration of its own. */
function checkVersions({ draft, report }: Examination): boolean {
  const range = draft.values.rpc_version;
  if (!isOfType(draft, 'RPC') || range === undefined || range.high - range.low < MOST_VERSIONS) return true;
  report('XC243', [draft.name, MOST_VERSIONS], 'rpc_version');
  return false;
}

function checkNameInArgs({ draft, report }: Examination): boolean {
  if (!isOfType(draft, 'INTERNAL') || !hasFlag(draft, 'NAMEINARGS')) return true;
  report('XC229', [draft.name], 'flags');
  return false;
}

function checkDatagram({ draft, report }: Examination): boolean {
  if (draft.values.socket_type !== 'dgram' || draft.values.wait !== false) return true;
  report('XC231', [draft.name], 'wait', 'write "wait = yes"');
  return false;
}

/** Required attributes, in the order of the reference's messages. */
const REQUIRED: readonly (readonly [keyof ServiceConfig, (draft: Draft, ports: ConfigPorts) => boolean])[] = [
  ['wait', () => true],
  ['socket_type', () => true],
  ['protocol', (draft) => isOfType(draft, 'RPC') || (isExternal(draft) && isOfType(draft, 'UNLISTED'))],
  ['user', (draft, ports) => isExternal(draft) && ports.effectiveUid === 0],
  ['server', (draft) => isExternal(draft) && draft.values.redirect === undefined],
  ['rpc_version', (draft) => isOfType(draft, 'RPC')],
  ['port', needsPort],
  ['rpc_number', (draft) => isOfType(draft, 'RPC') && isOfType(draft, 'UNLISTED')],
];

function isExternal(draft: Draft): boolean {
  return !isOfType(draft, 'INTERNAL');
}

function needsPort(draft: Draft): boolean {
  return isExternal(draft) && isOfType(draft, 'UNLISTED') && !isOfType(draft, 'RPC', 'TCPMUX', 'TCPMUXPLUS');
}

function checkRequired({ draft, ports, report }: Examination): boolean {
  const missing = REQUIRED.filter(([name, isNeeded]) => draft.values[name] === undefined && isNeeded(draft, ports));
  for (const [name] of missing) report('XC232', [draft.values.id ?? draft.name, name]);
  return missing.length === 0;
}

/** Asking the identity server about a caller of the identity service would never end. */
function checkIdent({ draft, report }: Examination): boolean {
  const { values } = draft;
  if (values.port !== IDENT_PORT || values.protocol?.name !== 'tcp') return true;
  const id = values.id ?? draft.name;
  if (values.log_on_success?.includes('USERID') === true) {
    values.log_on_success = values.log_on_success.filter((flag) => flag !== 'USERID');
    report('XC233', [id, 'log_on_success'], 'log_on_success');
  }
  if (values.log_on_failure?.includes('USERID') === true) {
    values.log_on_failure = values.log_on_failure.filter((flag) => flag !== 'USERID');
    report('XC233', [id, 'log_on_failure'], 'log_on_failure');
  }
  return true;
}
