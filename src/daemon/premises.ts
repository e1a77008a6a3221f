// What every part of the running daemon shares: its logs, its table of servers, its limits. One record, made once by
// `daemon.ts`; the parts that act on services (activate, admit, serve, reload) take it as their first argument.

import type { AuditLogs } from '../audit/sinks.ts';
import type { Severity } from '../config/diagnostic.ts';
import type { ConfigPorts } from '../config/ports.ts';
import type { Children } from '../launch/children.ts';
import type { LaunchWorld } from '../launch/plan.ts';
import type { Banners } from '../net/banner.ts';
import type { Connection } from '../net/connection.ts';
import type { ReplyGuard } from '../net/datagram.ts';
import type { Listener } from '../net/listener.ts';
import type { Portmapper } from '../net/portmapper.ts';
import type { Source } from '../policy/source.ts';
import type { BanKeeper } from './ban-keeper.ts';
import type { CrashRestart } from './crash-restart.ts';
import type { DescriptorBudget } from './descriptors.ts';
import type { HostsFiles } from './hosts-files.ts';
import type { IdentCounts } from './identify.ts';
import type { InheritedSockets } from './inherited.ts';
import type { Names } from './names.ts';
import type { RetryQueue } from './retry.ts';
import type { ServiceInOperation } from './service.ts';
import type { ShellCommands } from './shell-commands.ts';
import type { Supervisor } from './supervisor.ts';
import type { WaitingRoom } from './waiting-room.ts';
import type { Zones } from './zones.ts';

/** What the table of servers keeps beside each server. */
export interface ServerDetail {
  readonly service: ServiceInOperation;
  readonly source: Source | undefined;
  readonly requestNumber: number;
  readonly startedAt: Date;
  /** The listening socket that it has. */
  readonly socket?: Listener;
  /** The stamp of the datagram that started it, which is dropped at its end if it was left unread. */
  readonly trigger?: number;
  /** Ends a server inside this process. */
  readonly stop?: () => void;
}

/** Who hears of requests: `admit.ts`, tied in by `daemon.ts`. */
export interface Requests {
  readonly onConnection: (operation: ServiceInOperation, connection: Connection) => void;
  readonly onDatagram: (operation: ServiceInOperation) => void;
  readonly onListener: (operation: ServiceInOperation) => void;
}

export interface Premises {
  readonly requests: Requests;
  /** The services in operation, in the order of the configuration. */
  readonly operations: () => readonly ServiceInOperation[];
  readonly log: (level: Severity, func: string, text: string) => void;
  readonly logs: AuditLogs;
  readonly children: Children<ServerDetail>;
  readonly retries: RetryQueue;
  readonly bans: BanKeeper;
  readonly descriptors: DescriptorBudget;
  readonly replyGuard: ReplyGuard;
  /** Sockets that services take instead of binding. */
  readonly inherited: InheritedSockets;
  readonly supervisor: Supervisor;
  readonly crashRestart: CrashRestart;
  readonly banners: Banners;
  /** Questions to identity servers that are under way. */
  readonly idents: IdentCounts;
  readonly portmapper: Portmapper;
  readonly zones: Zones;
  readonly names: Names;
  /** hosts.allow and hosts.deny. */
  readonly hosts: HostsFiles;
  /** Those that rules of these files name. */
  readonly commands: ShellCommands;
  /** Those who are held until more is known. */
  readonly waiting: WaitingRoom;
  readonly world: LaunchWorld & ConfigPorts;
  /** Infinity without `-limit`. */
  readonly processLimit: number;
  readonly pid: number;
  /** Milliseconds between two tries to bind, from XINETD_BIND_DELAY. */
  readonly bindDelayMs: number;
}
