// Assembling a daemon: logs, table of servers, the real world, signals, reaper; nothing has been read or bound yet.

import { readdirSync, stat } from 'node:fs';
import { oneLine } from '../audit/harmless.ts';
import { createProgramLog } from '../audit/program-log.ts';
import type { ProgramLog, ProgramLogTarget } from '../audit/program-log.ts';
import { createAuditLogs } from '../audit/sinks.ts';
import type { AuditLogs } from '../audit/sinks.ts';
import type { ConfigPorts } from '../config/ports.ts';
import { Children } from '../launch/children.ts';
import type { LaunchWorld } from '../launch/plan.ts';
import { startReaper } from '../launch/reaper.ts';
import * as native from '../native/binding.ts';
import { monotonicMs } from '../native/monotonic.ts';
import { Banners } from '../net/banner.ts';
import { ReplyGuard } from '../net/datagram.ts';
import { bindDelayMs } from '../net/endpoint.ts';
import { Portmapper } from '../net/portmapper.ts';
import { admitConnection, admitDatagrams, admitListener } from './admit.ts';
import { BanKeeper } from './ban-keeper.ts';
import { TRIM_AFTER_MS } from './clock.ts';
import { ControlSocket } from './control.ts';
import { answerRequest } from './control-requests.ts';
import type { ControlView } from './control-requests.ts';
import { CrashRestart } from './crash-restart.ts';
import { Daemon } from './daemon.ts';
import type { DaemonSettings } from './daemon.ts';
import { DescriptorBudget } from './descriptors.ts';
import { watchFaults } from './fault.ts';
import type { People } from './findings.ts';
import { HostsFiles } from './hosts-files.ts';
import { IdentCounts } from './identify.ts';
import type { Inheritance } from './inheritance.ts';
import { InheritedSockets } from './inherited.ts';
import { unfailing } from './name-service.ts';
import { Names } from './names.ts';
import type { Places } from './places.ts';
import type { Premises, ServerDetail } from './premises.ts';
import { RetryQueue } from './retry.ts';
import { ended } from './server-life.ts';
import { ShellCommands } from './shell-commands.ts';
import { watchSignals } from './signals.ts';
import { supervisionOf, Supervisor } from './supervisor.ts';
import { WaitingRoom } from './waiting-room.ts';
import { configPorts } from './world.ts';
import { Zones } from './zones.ts';

type Heirlooms = Pick<Inheritance, 'sockets' | 'handedSockets' | 'crashesMs'>;

/** Everything the command line decides, and what came with the process. */
export interface BootOptions extends Omit<DaemonSettings, 'maxDescriptors'>, LoadRules, Heirlooms {
  readonly logTarget: ProgramLogTarget;
  /** Tag of log lines. */
  readonly program: string;
  readonly processLimit: number;
  readonly logProcesses: number;
  readonly places: Places;
  readonly people: People | undefined;
}

const syslogPort = { open: native.openUnixDatagram, send: native.sendNow, close: native.closeFd };

/** What a load is allowed and given beyond the files themselves. */
export interface LoadRules {
  /** `-insecure_conf`: read world-writable configuration files all the same. */
  readonly isInsecureAllowed: boolean;
  /** Name of the user for services that name none; undefined outside the demo. */
  readonly fallbackUser: string | undefined;
}

/** The real world, for one load. */
export function systemPorts({ isInsecureAllowed, fallbackUser }: LoadRules): ConfigPorts {
  const user = fallbackUser === undefined ? undefined : native.lookupUser(fallbackUser);
  return configPorts({ names: native, allowInsecure: isInsecureAllowed, fallbackUser: user });
}

/** Opens the daemon's own log; throws SystemError when a file cannot be opened. */
export function openProgramLog(options: Pick<BootOptions, 'logTarget' | 'program'>): ProgramLog {
  return createProgramLog({
    target: options.logTarget,
    tag: options.program,
    pid: process.pid,
    nowMs: Date.now,
    syslog: syslogPort,
    strerror: native.strerror,
  });
}

/** Makes the daemon and lets it hear of signals and ended servers. */
export function boot(options: BootOptions, programLog: ProgramLog): Daemon {
  startThreadPool();
  const openPorts = (): ConfigPorts => systemPorts(options);
  const descriptors = native.descriptorLimit();
  const world = { ...openPorts(), ...launchFacts(descriptors.hard) };
  const premises = makePremises(options, { programLog, world, operations: () => daemon.operations });
  const exit = (code: number): void => process.exit(code);
  const settings = {
    ...options,
    maxDescriptors: descriptors.hard === Infinity ? UNLIMITED_DESCRIPTORS : descriptors.hard,
  };
  const view: ControlView = {
    premises,
    version: options.version,
    configPath: options.configPath,
    operations: () => daemon.operations,
    reload: () => daemon.reload(),
    previewReload: () => daemon.previewReload(),
    upgrade: (replyFd) => daemon.upgrade(replyFd),
  };
  const control = new ControlSocket({
    path: options.places.control,
    log: premises.log,
    answer: (request, fd) => {
      native.trimLater(TRIM_AFTER_MS);
      return answerRequest(view, request, fd);
    },
  });
  const daemon: Daemon = new Daemon(settings, {
    premises,
    control,
    programLog,
    openPorts,
    exit,
    startReaper: () => reap(premises),
    people: options.people,
  });
  watchSignals(daemon.intend);
  watchFaults(premises.log, (code) => {
    programLog.flushSync();
    premises.logs.flushSync();
    premises.crashRestart.now();
    exit(code);
  });
  return daemon;
}

/** Every ended process is one of our servers, one of our commands or, for process 1, somebody's orphan. */
function reap(premises: Premises): void {
  startReaper((pid, ending) => {
    const server = premises.children.reaped(pid);
    if (server !== undefined) ended(premises, server, ending);
    else if (!premises.commands.reaped(pid, ending))
      premises.log('notice', 'child_exit', `unknown child process ${pid} died`);
  });
}

/**
 * The threads behind asynchronous file writes are made at the first use, and the process is aborted when that fails:
 * better now than when processes have run out.
 */
function startThreadPool(): void {
  stat('/', () => {});
}

/** What the reference assumes where descriptors are unlimited. */
const UNLIMITED_DESCRIPTORS = 4096;

function launchFacts(descriptorHardLimit: number): Pick<LaunchWorld, 'effectiveGid' | 'descriptorHardLimit'> {
  return { effectiveGid: process.getegid?.() ?? 0, descriptorHardLimit };
}

/** The daemon's log; what is serious is told to people as well, unless they read the log. */
function logFor(programLog: ProgramLog, people: People | undefined): ProgramLog['log'] {
  if (people === undefined || people.readTheLog) return programLog.log;
  return (level, func, text) => {
    programLog.log(level, func, text);
    if (level === 'error' || level === 'critical') people.tell(`${level}: ${oneLine(text)}`);
  };
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

function openAuditLogs({ program }: BootOptions, programLog: ProgramLog, report: Premises['log']): AuditLogs {
  return createAuditLogs({
    report,
    syslog: programLog.syslog,
    strerror: native.strerror,
    nowMs: Date.now,
    datagrams: syslogPort,
    // Made at their first use: most daemons need neither.
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    tag: program,
    pid: process.pid,
  });
}

function makePremises(
  options: BootOptions,
  parts: Pick<Premises, 'world' | 'operations'> & { readonly programLog: ProgramLog },
): Premises {
  const { programLog, world, operations } = parts;
  const log = logFor(programLog, options.people);
  const inherited = new InheritedSockets(options.sockets, log);
  const premises: Premises = {
    log,
    operations,
    logs: openAuditLogs(options, programLog, log),
    requests: {
      onConnection: (operation, connection) => admitConnection(premises, operation, connection),
      onDatagram: (operation) => admitDatagrams(premises, operation),
      onListener: (operation) => admitListener(premises, operation),
    },
    children: new Children<ServerDetail>(),
    retries: new RetryQueue(),
    bans: new BanKeeper({ log, path: options.places.bans, nowMs: monotonicMs, wallMs: Date.now }),
    descriptors: new DescriptorBudget(native.descriptorLimit().soft, openDescriptors() - options.handedSockets),
    replyGuard: new ReplyGuard(),
    inherited,
    supervisor: new Supervisor(supervisionOf(process.env, process.pid)),
    crashRestart: new CrashRestart({
      // Whoever debugs wants to see it end.
      call: { ...options, words: options.isDebug ? undefined : options.words },
      crashesMs: options.crashesMs,
      environment: world.environment,
      inherited,
      log,
    }),
    banners: new Banners(),
    idents: new IdentCounts(options.logProcesses),
    portmapper: new Portmapper({ nowMs: monotonicMs }),
    zones: new Zones(() => premises),
    names: new Names({ nowMs: monotonicMs }),
    hosts: new HostsFiles({ nowMs: monotonicMs, log, people: unfailing(native), strerror: native.strerror }),
    commands: new ShellCommands(),
    waiting: new WaitingRoom(world.descriptorHardLimit),
    world,
    processLimit: options.processLimit,
    pid: process.pid,
    bindDelayMs: bindDelayMs(process.env['XINETD_BIND_DELAY']),
  };
  return premises;
}
