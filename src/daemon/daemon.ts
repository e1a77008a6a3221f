// The front door of the daemon: owns its state, starts it, acts on intentions in a written order, ends it.
// Source: spec sections 1.2 (start), 1.3 (exit codes), 10 (signals, reload).

import type { ProgramLog } from '../audit/program-log.ts';
import { loadConfig, mayReload } from '../config/load.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { ConfigPorts } from '../config/ports.ts';
import { showDefaults } from '../config/show.ts';
import { trimLater } from '../native/binding.ts';
import { retire } from './activate.ts';
import { Agenda } from './agenda.ts';
import { TRIM_AFTER_MS } from './clock.ts';
import { checkConsistency, checkIntervalMs } from './consistency.ts';
import type { ControlSocket } from './control.ts';
import { counted } from './counted.ts';
import { Findings } from './findings.ts';
import type { People } from './findings.ts';
import { Latecomers } from './latecomers.ts';
import { removePidFile } from './pid-file.ts';
import type { Premises } from './premises.ts';
import type { ProgramCall } from './program-call.ts';
import { applyReload, refuseReload, runningServices } from './reload.ts';
import { reloadReport } from './reload-report.ts';
import type { ReloadReport } from './reload-report.ts';
import { reopenLog } from './reopen-log.ts';
import type { ServiceInOperation } from './service.ts';
import type { Intention } from './signals.ts';
import { startServices } from './start.ts';
import type { Predecessor } from './start.ts';
import { writeStateDump } from './state-dump.ts';
import type { DumpHead } from './state-dump.ts';
import { endServers, stopInternalServers } from './stop.ts';
import { Upgrade } from './upgrade.ts';

/** What the command line decided about the daemon's life. */
export interface DaemonSettings extends ProgramCall {
  /** Absolute. */
  readonly configPath: string;
  /** `/etc/inetd.conf` with -inetd_compat. */
  readonly inetdPath: string | undefined;
  readonly isStayAlive: boolean;
  readonly isDebug: boolean;
  readonly isInterruptible: boolean;
  /** Absolute. */
  readonly pidFile: string | undefined;
  /** Seconds; 0 is off. */
  readonly checkSeconds: number;
  /** The words of the start-up notice, e.g. `libwrap loadavg`. */
  readonly features: string;
  readonly maxDescriptors: number;
}

/** What `Daemon` is given: everything shared, its own log, and how the process ends. */
export interface DaemonParts {
  readonly premises: Premises;
  readonly programLog: ProgramLog;
  readonly control: ControlSocket;
  /** Fresh ports for one load. */
  readonly openPorts: () => ConfigPorts;
  readonly exit: (code: number) => void;
  /** From now on ended servers are heard of. */
  readonly startReaper: () => void;
  /** Set where somebody at a terminal reads the findings. */
  readonly people: People | undefined;
}

/** Of the first process of a container: all others are killed when it ends. */
const CONTAINER_PID = 1;
const LOAD_REST_AFTER_MS = 50;

/** The running daemon. */
export class Daemon {
  readonly #settings: DaemonSettings;
  readonly #parts: DaemonParts;
  readonly #premises: Premises;
  readonly #findings: Findings;
  readonly #latecomers: Latecomers;
  readonly #agenda: Agenda;
  readonly #upgrade: Upgrade;
  #operations: readonly ServiceInOperation[] = [];
  #loaded: LoadedConfig | undefined;
  #reloadWaiters: ((report: ReloadReport) => void)[] = [];

  constructor(settings: DaemonSettings, parts: DaemonParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#premises = parts.premises;
    this.#findings = new Findings({ ...parts, isDebug: settings.isDebug });
    this.#agenda = new Agenda(async (intention) => {
      await this.#carryOut(intention);
      if (intention !== 'reload') trimLater(TRIM_AFTER_MS);
    });
    const isDisturbed = (): boolean => !this.#agenda.isEmpty;
    this.#upgrade = new Upgrade({ ...parts, call: settings, isDisturbed, flush: () => this.#flush() });
    this.#latecomers = new Latecomers(parts.premises, (operation) => {
      this.#operations = [...this.#operations, operation];
    });
  }

  /** Reads the configuration and brings its services into operation. True when the daemon is at work. */
  async start(predecessor: Predecessor): Promise<boolean> {
    const loaded = this.#load();
    this.#loaded = loaded;
    this.#findings.report(loaded.diagnostics);
    if (loaded.mainFile !== 'read') {
      this.#log('critical', 'init_services', "couldn't get configuration. Exiting...");
      return this.#end(1);
    }
    if (loaded.isFatal && !this.#settings.isDebug) {
      this.#log('warning', 'quit_program', 'Exiting...');
      return this.#end(1);
    }
    this.#findings.show(loaded, this.#premises.world);
    this.#premises.bans.load(predecessor.handover?.bans);
    // Before the first caller: where too many wait it is decided on what is known.
    await this.#premises.hosts.current();
    this.#parts.control.reserve();
    const { operations, failed } = await startServices(this.#premises, loaded.services, {
      isDebug: this.#settings.isDebug,
      ...predecessor,
    });
    this.#operations = operations;
    this.#latecomers.expect(failed);
    this.#parts.startReaper();
    if (this.#available === 0 && !this.#settings.isStayAlive) {
      this.#log('critical', 'init_services', 'no services. Exiting...');
      return this.#end(1);
    }
    this.#premises.crashRestart.begin();
    process.chdir('/');
    this.#announce();
    return true;
  }

  /** Control socket, timers and pending signals: what can wait until the services are up. */
  async settle(): Promise<void> {
    const { checkSeconds, isDebug } = this.#settings;
    const checkMs = checkIntervalMs(checkSeconds);
    if (checkMs !== undefined) setInterval(() => this.#check(isDebug), checkMs);
    // What the start had to say is written first.
    await new Promise((resolve) => setImmediate(resolve));
    await this.#parts.control.open();
    setTimeout(() => void this.#loadTheRest(), LOAD_REST_AFTER_MS);
    await this.#agenda.begin();
  }

  /** What is not needed to serve, loaded when the first callers have been let in; later its files may be gone. */
  async #loadTheRest(): Promise<void> {
    await this.#parts.programLog.useWinston();
    await this.#premises.names.prepare();
    trimLater(TRIM_AFTER_MS);
  }

  /** Notes what is wanted. */
  readonly intend = (intention: Intention): void => this.#agenda.intend(intention);

  /** Replaces the program; resolves to why that failed. Where it succeeds the successor answers on `replyFd`. */
  upgrade(replyFd: () => number): Promise<string> {
    return this.#upgrade.request(replyFd, () => this.intend('upgrade'));
  }

  /** The services in operation. */
  get operations(): readonly ServiceInOperation[] {
    return this.#operations;
  }

  /** What a reload would do now. */
  previewReload(): ReloadReport {
    return this.#report(this.#load());
  }

  /** Reloads and tells what that did. */
  reload(): Promise<ReloadReport> {
    return new Promise((resolve) => {
      this.#reloadWaiters.push(resolve);
      this.#agenda.intend('reload');
    });
  }

  async #carryOut(intention: Intention): Promise<void> {
    switch (intention) {
      case 'reload':
        return this.#reload();
      case 'dump':
        return writeStateDump(this.#premises, this.#operations, this.#dumpHead());
      case 'check':
        return void this.#check(true);
      case 'interrupt':
        if (this.#settings.isInterruptible) return this.#carryOut('terminate');
        return void (this.#settings.isDebug && this.#end(1));
      case 'terminate':
        stopInternalServers(this.#premises);
        return this.#quit();
      case 'quit':
        return this.#quit();
      case 'upgrade':
        this.#premises.supervisor.reloading();
        if (!(await this.#upgrade.carryOut())) return this.#agenda.intend('upgrade');
        return this.#premises.supervisor.ready(`upgrade failed; ${this.#status()}`);
    }
  }

  #load(): LoadedConfig {
    const { configPath, baseDirectory, inetdPath } = this.#settings;
    const inetd = inetdPath === undefined ? {} : { inetdPath };
    return loadConfig({ path: configPath, baseDirectory, ...inetd }, this.#parts.openPorts());
  }

  #announce(): void {
    const { version, features } = this.#settings;
    this.#log('notice', 'main', `${version} started with ${features || 'no'} options compiled in.`);
    this.#log('notice', 'main', `Started working: ${counted(this.#available, 'available service')}`);
    this.#premises.supervisor.ready(this.#status());
    this.#premises.supervisor.watch(() => this.#status());
  }

  /** What the service manager shows. */
  #status(): string {
    return `${counted(this.#available, 'service')}, ${counted(this.#premises.children.total, 'running server')}`;
  }

  /** Services that can be reached; TCPMUX services have no socket of their own and do not count. */
  get #available(): number {
    return this.#operations.filter(({ equipment }) => equipment.endpoint !== undefined).length;
  }

  #report(next: LoadedConfig): ReloadReport {
    return reloadReport(next, { loaded: this.#loaded, running: runningServices(this.#premises, this.#operations) });
  }

  async #reload(): Promise<void> {
    const waiters = this.#reloadWaiters.splice(0);
    this.#premises.supervisor.reloading();
    this.#log('notice', 'hard_reconfig', 'Starting reconfiguration');
    reopenLog(this.#parts.programLog, this.#premises.log);
    await this.#parts.control.open();
    this.#premises.names.refresh();
    const loaded = this.#load();
    this.#findings.report(loaded.diagnostics);
    const report = waiters.length === 0 ? undefined : this.#report(loaded);
    const isAccepted = mayReload(loaded, this.#loaded);
    if (isAccepted) await this.#replaceBy(loaded);
    else refuseReload(this.#premises);
    this.#premises.supervisor.ready(isAccepted ? this.#status() : `reload refused; ${this.#status()}`);
    if (report !== undefined) for (const resolve of waiters) resolve(report);
  }

  async #replaceBy(loaded: LoadedConfig): Promise<void> {
    this.#loaded = loaded;
    const result = await applyReload(this.#premises, this.#operations, loaded.services);
    this.#operations = result.operations;
    this.#latecomers.expect(result.failed);
    this.#findings.show(loaded, this.#premises.world);
    if (this.#available > 0 || this.#settings.isStayAlive) return;
    this.#log('critical', 'hard_reconfig', 'No available services. Exiting');
    await this.#premises.portmapper.settled();
    this.#end(1);
  }

  #check(isLoud: boolean): number {
    return checkConsistency(this.#premises, this.#operations, isLoud);
  }

  #dumpHead(): DumpHead {
    const { version, maxDescriptors, configPath } = this.#settings;
    const defaultsLines = this.#loaded === undefined ? [] : showDefaults(this.#loaded.defaults, this.#premises.world);
    return { version, maxDescriptors, configPath, defaultsLines, processLimit: this.#premises.processLimit };
  }

  async #quit(): Promise<void> {
    this.#premises.supervisor.stopping();
    this.#premises.crashRestart.end();
    this.#premises.retries.abandon();
    for (const operation of this.#operations) retire(this.#premises, operation);
    if (this.#premises.pid === CONTAINER_PID) await endServers(this.#premises);
    this.#log('warning', 'quit_program', 'Exiting...');
    await this.#premises.portmapper.settled();
    this.#end(0);
  }

  #end(code: number): false {
    this.#premises.supervisor.stopping();
    this.#premises.crashRestart.end();
    if (this.#settings.pidFile !== undefined) removePidFile(this.#settings.pidFile);
    this.#parts.control.close();
    this.#premises.bans.end();
    this.#flush();
    this.#parts.exit(code);
    return false;
  }

  #flush(): void {
    this.#premises.logs.flushSync();
    this.#parts.programLog.flushSync();
  }

  #log(...message: Parameters<Premises['log']>): void {
    this.#premises.log(...message);
  }
}
