// The state dump of SIGUSR1, in the reference's format (spec section 10.3). Pure: the daemon hands in a view of itself.
// Scripts read this (Debian's init script prints it for `status`), so every blank counts.

import type { ServiceState } from './service.ts';

export interface DumpedService {
  readonly name: string;
  readonly state: ServiceState;
  /** The block of `config/show.ts`, without indentation of its own. */
  readonly lines: readonly string[];
  readonly runningServers: number;
  readonly retryServers: number;
  readonly fd: number;
}

export interface DumpedServer {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly pid: number;
  readonly startedAt: Date;
  /** `ADDRESS,PORT`, or undefined when the peer is unknown. */
  readonly remote: string | undefined;
  readonly descriptor: number;
  readonly isUserLogged: boolean;
}

export interface DumpView {
  readonly version: string;
  readonly now: Date;
  readonly defaultsLines: readonly string[];
  readonly services: readonly DumpedService[];
  readonly servers: readonly DumpedServer[];
  readonly openDescriptors: readonly number[];
  readonly descriptorsFree: number;
  readonly maxDescriptors: number;
  /** Infinity = none. */
  readonly processLimit: number;
  readonly configPath: string;
}

const STATE_WORDS: { readonly [S in ServiceState]: string } = {
  'not started': 'Not started',
  active: 'Active',
  disabled: 'Disabled',
  suspended: 'Suspended',
};

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const SIGNAL_SLOTS = 1;

/** The whole dump, ending in a blank line. */
export function formatDump(view: DumpView): string {
  return [
    `INTERNAL STATE DUMP: ${view.version}`,
    `Current time: ${ctime(view.now)}`,
    '',
    'Services + defaults:',
    ...view.defaultsLines,
    ...view.services.flatMap(serviceLines),
    'Server table dump:',
    ...view.servers.flatMap(serverLines),
    '',
    'Retry table dump:',
    '',
    ...descriptorLines(view),
    '',
    ...countLines(view),
    'Logging service = enabled',
    '',
    `max_descriptors = ${view.maxDescriptors}`,
    `process_limit = ${view.processLimit === Infinity ? 0 : view.processLimit}`,
    `config_file = ${view.configPath}`,
    '',
    'END OF DUMP',
    '',
    '',
  ].join('\n');
}

function serviceLines(service: DumpedService): readonly string[] {
  const counters = [
    `\trunning servers = ${service.runningServers}`,
    `\tretry servers = ${service.retryServers}`,
    '\tattempts = 0',
    `\tservice fd = ${service.fd}`,
  ];
  return [
    `Service = ${service.name}`,
    `\tState = ${STATE_WORDS[service.state]}`,
    ...service.lines.map((line) => `\t${line}`),
    ...(service.state === 'active' ? counters : []),
    '',
  ];
}

/** The block of one server. */
export function serverLines(server: DumpedServer): readonly string[] {
  return [
    `${server.serviceId} server`,
    `pid = ${server.pid}`,
    `start_time = ${ctime(server.startedAt)}`,
    'Connection info:',
    `\tservice = ${server.serviceName}`,
    `\tdescriptor = ${server.descriptor}`,
    `\tflags = ${server.remote === undefined || server.descriptor >= 0 ? 1 : 3}`,
    `\tremote_address = ${server.remote ?? '<no address>'}`,
    `log_remote_user = ${server.isUserLogged ? 'YES' : 'NO'}`,
    `writes_to_log = ${server.isUserLogged ? 'YES' : 'NO'}`,
    '',
  ];
}

function descriptorLines(view: DumpView): readonly string[] {
  const watched = view.services.filter(({ state }) => state === 'active').map(({ fd }) => fd);
  const others = view.openDescriptors.filter((fd) => !watched.includes(fd));
  return [
    `Socket mask: ${watched.join(' ')}`,
    `pfds_last = ${watched.length + SIGNAL_SLOTS}`,
    `Open descriptors (not in socket mask): ${others.join(' ')}`,
  ];
}

function countLines(view: DumpView): readonly string[] {
  const inState = (...states: readonly ServiceState[]): number =>
    view.services.filter(({ state }) => states.includes(state)).length;
  return [
    `active_services = ${inState('active')}`,
    `available_services = ${inState('active', 'suspended')}`,
    `descriptors_free = ${view.descriptorsFree}`,
    `running_servers = ${view.servers.length}`,
  ];
}

/** ctime(3): `Fri Nov 20 23:24:01 2026`, local time. */
function ctime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = String(date.getDate()).padStart(2, ' ');
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${DAYS[date.getDay()] ?? ''} ${MONTHS[date.getMonth()] ?? ''} ${day} ${clock} ${date.getFullYear()}`;
}
