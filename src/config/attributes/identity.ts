// Rows of what a service is and where it listens: id, type, flags, disable, socket_type, protocol, wait, port, bind,
// v6only, rpc_version, rpc_number. Pure.

import { nearest } from '../nearest.ts';
import type { Word } from '../syntax.ts';
import { readBind, readVersions } from './endpoint-words.ts';
import { ASSIGN_ONLY, FAILED, attribute } from './row.ts';
import type { Failed, ReadContext } from './row.ts';
import { SERVICE_FLAGS, SERVICE_TYPES, SOCKET_TYPES } from './values.ts';
import type { ProtocolValue, ServiceFlag, ServiceType, SocketType } from './values.ts';
import {
  first,
  readFlags,
  readInteger,
  readWord,
  readYesNo,
  writeNumber,
  writeSomeWords,
  writeYesNo,
} from './words.ts';

const NO_TYPES: readonly ServiceType[] = [];
const NO_FLAGS: readonly ServiceFlag[] = [];
const PROTOCOL_TCP: ProtocolValue = { name: 'tcp', number: 6 };
const DEFAULT_SOCKET: SocketType = 'stream';
const PORT_MAX = 65_535;
const INT_MAX = 2_147_483_647;

function readSocketType(words: readonly Word[], context: ReadContext): SocketType | Failed {
  const word = first(words);
  const wanted = word.text.toLowerCase();
  const found = SOCKET_TYPES.find((type) => type === wanted);
  if (found !== undefined) return found;
  const near = nearest(wanted, SOCKET_TYPES);
  context.report('XC113', [word.text], word, near === undefined ? undefined : `did you mean "${near}"?`);
  return FAILED;
}

function readProtocol(words: readonly Word[], context: ReadContext): ProtocolValue | Failed {
  const word = first(words);
  const found = context.ports.lookupProtocol(word.text);
  if (found !== undefined) return { name: word.text, number: found.number };
  const version = /^(tcp|udp)([46])$/.exec(word.text);
  context.report(
    'XC114',
    [word.text],
    word,
    version === null ? undefined : `write "protocol = ${version[1] ?? ''}" and "flags = IPv${version[2] ?? ''}"`,
  );
  return FAILED;
}

export const id = attribute({
  name: 'id',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readWord,
  fallback: '',
  inherit: 'never',
  rebind: false,
  show: (value) => [`id = ${value}`],
  write: (value) => value,
  since: '2.1',
  syntax: 'WORD',
  otherwise: 'the service name',
  actsIn: 'config/table.ts',
  summary: 'Name of this entry in logs, in enabled and disabled, and when a reload looks for it.',
  manual: `Two entries may describe services of the same name, such as daytime over tcp and over udp. Give each an id
of its own, so that log lines tell them apart and a reload finds the right one. Letters count alike in either case.`,
});

export const type = attribute({
  name: 'type',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 'some',
  read: readFlags<ServiceType>('XC110', SERVICE_TYPES),
  fallback: NO_TYPES,
  inherit: 'never',
  rebind: true,
  show: (value) => (value.length === 0 ? [] : [`type = ${value.join(' ')}`]),
  write: writeSomeWords,
  since: '2.1',
  syntax: 'RPC | INTERNAL | UNLISTED | TCPMUX | TCPMUXPLUS ...',
  otherwise: 'a service of /etc/services run by a program',
  actsIn: 'config/validate.ts',
  summary: 'What kind of service this is.',
  manual: `INTERNAL: answered by xinetd itself (echo, discard, daytime, time, chargen, tcpmux, and the
listings services and servers). RPC: registered with the portmapper. UNLISTED: not in /etc/services (or /etc/rpc), so that a port must be given. TCPMUX: reached through the
tcpmux service (RFC 1078) by name and greeting the client itself; TCPMUXPLUS: the same, but xinetd sends the greeting, +Go. Both
need UNLISTED, have no port, and keep their own access rules, limits, user and log.`,
});

export const flags = attribute({
  name: 'flags',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 'some',
  read: readFlags<ServiceFlag>('XC111', SERVICE_FLAGS),
  fallback: NO_FLAGS,
  inherit: 'never',
  rebind: true,
  show: (value) => (value.length === 0 ? [] : [`flags = ${value.join(' ')}`]),
  write: writeSomeWords,
  since: '2.1',
  syntax: 'FLAG ...',
  otherwise: 'none',
  actsIn: 'config/complete.ts',
  summary: 'Switches of a service.',
  manual: `NAMEINARGS: server_args begins with the program's own name. NODELAY, KEEPALIVE: set TCP_NODELAY or SO_KEEPALIVE.
IPv4, IPv6: family of the socket. NOLIBWRAP: skip hosts.allow and hosts.deny. SENSOR: never serve, but remember the caller
for deny_time. IDONLY: with USERID in log_on_success, serve only
callers an ident server names. NORETRY: do not try again when no process can be made.
INTERCEPT: the kernel drops every packet to a "wait = yes" service that only_from and no_access do not let in, while a server
has the socket too; of names it knows those of /etc/hosts alone, and what it drops leaves no line in the log. LABELED (run with the
SELinux label of the caller) is refused. REUSE is always on.`,
});

export const disable = attribute({
  name: 'disable',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readYesNo('XC112'),
  fallback: false,
  inherit: 'never',
  rebind: false,
  write: () => undefined,
  since: '2.1.8.9pre3',
  syntax: 'yes | no',
  otherwise: 'no',
  actsIn: 'config/merge.ts',
  summary: 'Leaves the entry out.',
  manual: `With yes, the rest of the entry is not examined and nothing brings the service back: neither a later
"disable = no" nor its name in enabled.`,
});

export const socketType = attribute({
  name: 'socket_type',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readSocketType,
  fallback: DEFAULT_SOCKET,
  inherit: 'never',
  rebind: true,
  show: (value) => [`socket_type = ${value}`],
  write: (value) => value,
  since: '2.1',
  syntax: 'stream | dgram | raw | seqpacket',
  otherwise: 'stream for protocol tcp, dgram for udp',
  actsIn: 'net/endpoint.ts',
  summary: 'Kind of socket.',
  manual: `stream for connections, dgram for datagrams, raw for direct access to a protocol below, seqpacket for reliable
datagrams in sequence. It may be left out where protocol is tcp or udp.`,
});

export const protocol = attribute({
  name: 'protocol',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readProtocol,
  fallback: PROTOCOL_TCP,
  inherit: 'never',
  rebind: true,
  show: (value) => [`Protocol (name,number) = (${value.name},${value.number})`],
  write: (value) => value.name,
  since: '2.1',
  syntax: 'NAME',
  otherwise: 'tcp for stream, udp for dgram',
  actsIn: 'net/endpoint.ts',
  summary: 'Protocol of the socket, a name of /etc/protocols.',
  manual: `Usually tcp or udp. Together with the service name it finds the port in /etc/services.`,
});

export const wait = attribute({
  name: 'wait',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readYesNo('XC115'),
  fallback: false,
  inherit: 'never',
  rebind: true,
  show: (value) => [`wait = ${value ? 'yes' : 'no'}`],
  write: writeYesNo,
  since: '2.1',
  syntax: 'yes | no',
  otherwise: 'must be given',
  actsIn: 'daemon/admit.ts',
  summary: 'Whether one server takes the socket itself until it ends.',
  manual: `no: xinetd accepts each connection and starts a server for it. yes: the server is given the listening (or
datagram) socket, and xinetd does not look at it again until that server has ended. Datagram services need yes. With yes
on a stream socket xinetd never sees the caller's address, so only_from and no_access cannot be checked.`,
});

export const port = attribute({
  name: 'port',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readInteger('XC116', 1, PORT_MAX),
  fallback: 0,
  inherit: 'never',
  rebind: true,
  show: (value) => (value === 0 ? [] : [`port = ${value}`]),
  write: (value) => (value === 0 ? undefined : String(value)),
  since: '2.1',
  syntax: 'NUMBER',
  otherwise: 'from /etc/services',
  actsIn: 'net/endpoint.ts',
  summary: 'Port the service listens on, 1 to 65535.',
  manual: `Needed for UNLISTED services, but for those of type RPC: they listen on any free port unless one is given. For a service that stands in /etc/services the number must be the one given there.`,
});

export const bind = attribute({
  name: 'bind',
  aliases: ['interface'],
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readBind,
  fallback: undefined,
  inherit: 'whole',
  rebind: true,
  show: (value, shown) => [`Bind = ${value === undefined ? 'All addresses.' : shown.nameOf(value.address)}`],
  write: (value) => value?.text,
  since: '2.1',
  syntax: 'ADDRESS | NAME',
  otherwise: 'all addresses',
  actsIn: 'net/endpoint.ts',
  summary: 'Address the service listens on.',
  manual: `An IPv4 or IPv6 address, or a name of /etc/hosts; interface is another word for the same attribute. The family of
the address and the flags IPv4 and IPv6 must agree. A multicast group of IPv4 is joined.`,
});

export const v6only = attribute({
  name: 'v6only',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readYesNo('XC117'),
  fallback: false,
  inherit: 'whole',
  rebind: true,
  write: writeYesNo,
  since: '2.3.13',
  syntax: 'yes | no',
  otherwise: 'no',
  actsIn: 'net/endpoint.ts',
  summary: 'Whether an IPv6 socket refuses IPv4 callers.',
  manual: `no: an IPv6 socket also takes IPv4 callers, whose addresses appear as ::ffff:a.b.c.d. The value counts in defaults
as well as in a service.`,
});

export const rpcVersion = attribute({
  name: 'rpc_version',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readVersions,
  fallback: undefined,
  inherit: 'never',
  rebind: false,
  write: (value) => (value === undefined ? undefined : writeRange(value)),
  show: (value, shown) => (shown.isRpc && value !== undefined ? [`\trpc_version = ${writeRange(value)}`] : []),
  since: '2.1',
  syntax: 'NUMBER | LOW-HIGH',
  otherwise: 'must be given for type RPC',
  actsIn: 'daemon/rpc.ts',
  summary: 'Versions of an RPC service.',
  manual: `One number or a range of at most 256. Each is registered with rpcbind on this machine, for IPv4 and, where the socket
takes it, for IPv6, and taken out again when the service stops. A registration of somebody who is gone is replaced.`,
});

function writeRange({ low, high }: { readonly low: number; readonly high: number }): string {
  return low === high ? String(low) : `${low}-${high}`;
}

export const rpcNumber = attribute({
  name: 'rpc_number',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readInteger('XC120', 0, INT_MAX),
  fallback: undefined,
  inherit: 'never',
  rebind: true,
  show: (value, shown) => (shown.isRpc ? ['RPC data', `\tprogram number = ${value ?? 0}`] : []),
  write: writeNumber,
  since: '2.1',
  syntax: 'NUMBER',
  otherwise: 'from /etc/rpc',
  actsIn: 'daemon/rpc.ts',
  summary: 'Program number of an RPC service that is UNLISTED.',
  manual: `The number a client asks the portmapper for. Listed services take it from /etc/rpc by their name.`,
});
