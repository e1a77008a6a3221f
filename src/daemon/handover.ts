// What one program leaves to the next in the same process: a record in a file in memory whose descriptor, like those of the
// listening sockets in it, stays open through exec. A variable of the environment names it; no server ever sees that.
// Values travel as structured clones: Infinity, maps and bytes stay what they are.

import { closeSync } from 'node:fs';
import type { Service } from '../config/service.ts';
import { sourceText } from '../config/source.ts';
import { closeOnExec } from '../native/binding.ts';
import type { OpenedSocket } from '../net/open.ts';
import type { RpcProgram } from '../net/portmapper.ts';
import { continueRequestNumbers } from '../net/request-number.ts';
import type { RateState } from '../policy/cps.ts';
import type { Source } from '../policy/source.ts';
import type { DenyReason } from '../policy/verdict.ts';
import type { StoredBan } from './ban-file.ts';
import type { InheritedSocket } from './inherited.ts';
import { readRecord, writeRecord } from './memory-record.ts';
import type { ServiceState } from './service.ts';

/** Everything that lives on. */
export interface Handover {
  readonly format: typeof FORMAT;
  /** Of the program that hands over. */
  readonly version: string;
  /** The number of the last request. */
  readonly requests: number;
  readonly bans: readonly StoredBan[];
  /** In the order of the configuration; retired ones whose servers still run come last. */
  readonly services: readonly HandedService[];
  readonly servers: readonly HandedServer[];
  /** Sockets that somebody else holds open as well. */
  readonly inherited: readonly InheritedSocket[];
  /** Who asked for the upgrade is told how it went; -1: nobody did. */
  readonly replyFd: number;
}

/** A service as it was in operation. */
export interface HandedService {
  readonly key: string;
  readonly service: Service;
  readonly isRetired: boolean;
  readonly socket: OpenedSocket | undefined;
  readonly state: ServiceState;
  /** While `disabled`. */
  readonly enableAtMs: number;
  readonly rate: RateState;
  /** In the order in which they were last seen. */
  readonly sources: readonly (readonly [string, RateState])[];
  readonly served: number;
  readonly refused: ReadonlyMap<DenyReason, number>;
  readonly registration: RpcProgram | undefined;
}

/** A running server. */
export interface HandedServer {
  readonly pid: number;
  readonly serviceKey: string;
  readonly source: Source | undefined;
  readonly requestNumber: number;
  readonly startedAtMs: number;
  readonly startedAt: Date;
  /** Has the service's listening socket. */
  readonly hasSocket: boolean;
  readonly trigger: number | undefined;
}

/** Names the file's descriptor. */
export const HANDOVER_VARIABLE = 'XINETD_TS_HANDOVER';
/** Asks a config test whether its program would understand the record: holds the format. */
export const REHEARSAL_VARIABLE = 'XINETD_TS_REHEARSAL';

/** Names a file that native/guard.c has put behind the value of LD_PRELOAD. */
export const PRELOADED_VARIABLE = 'XINETD_TS_PRELOADED';

/** Raised when an older program's record would be misunderstood. */
export const FORMAT = 1;

const NOWHERE = { source: sourceText('', ''), start: 0, end: 0 };

/** Writes the record; the descriptor is the caller's. */
export function writeHandover(handover: Handover): number {
  return writeRecord('xinetd-ts-handover', process.getBuiltinModule('node:v8').serialize(handover));
}

/** Reads the record of an earlier program of this process, if there was one. Call once. */
export function claimHandover(environment: NodeJS.ProcessEnv): Handover | undefined {
  const number = environment[HANDOVER_VARIABLE];
  if (number === undefined) return undefined;
  delete environment[HANDOVER_VARIABLE];
  const fd = Number(number);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `writeHandover`, of this format
  const handover = process.getBuiltinModule('node:v8').deserialize(readRecord(fd)) as Handover;
  closeSync(fd);
  for (const { socket } of handover.services) if (socket !== undefined) closeOnExec(socket.fd);
  for (const { fd: shared } of handover.inherited) closeOnExec(shared);
  if (handover.replyFd >= 0) closeOnExec(handover.replyFd);
  continueRequestNumbers(handover.requests);
  return handover;
}

/** Why this program could not take over from the one that asks; undefined where it can, and where nobody asks. */
export function rehearsalProblem(environment: NodeJS.ProcessEnv): string | undefined {
  const format = environment[REHEARSAL_VARIABLE];
  if (format === undefined || format === String(FORMAT)) return undefined;
  return `this program takes over from others of format ${FORMAT}, not ${format}`;
}

/** Takes out of an environment what native/guard.c has put into its LD_PRELOAD. */
export function withoutGuard(environment: readonly string[]): readonly string[] {
  const guard = environment.find((pair) => pair.startsWith(`${PRELOADED_VARIABLE}=`));
  if (guard === undefined) return environment;
  const file = guard.slice(PRELOADED_VARIABLE.length + 1);
  return environment.flatMap((pair) => {
    if (pair === `LD_PRELOAD=${file}` || pair === guard) return [];
    const isOurs = pair.startsWith('LD_PRELOAD=') && pair.endsWith(`:${file}`);
    return [isOurs ? pair.slice(0, -file.length - 1) : pair];
  });
}

/** What of a service its running servers and its socket still need: rules and places stay behind. */
export function essenceOf({ name, config, origins, isInetd }: Service): Service {
  const logFrom = origins.log_type?.from;
  return {
    name,
    config: { ...config, only_from: undefined, no_access: undefined },
    origins: logFrom === undefined ? {} : { log_type: { from: logFrom } },
    span: NOWHERE,
    isInetd,
  };
}
