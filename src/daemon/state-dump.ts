// Writing the state dump: the daemon's view of itself, appended to the reference's path without following links.
// Source: spec section 10.3; differs: F24 (O_NOFOLLOW).

import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { showService } from '../config/show.ts';
import type { Server } from '../launch/children.ts';
import { formatDump } from './dump.ts';
import type { DumpedServer, DumpedService, DumpView } from './dump.ts';
import type { Premises, ServerDetail } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

/** Part of the interface: Debian's init script reads it. */
export const DUMP_PATH = '/var/run/xinetd.dump';

const DUMP_MODE = 0o644;
const APPEND =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** What the dump says about the daemon as a whole. */
export type DumpHead = Pick<DumpView, 'version' | 'defaultsLines' | 'maxDescriptors' | 'processLimit' | 'configPath'>;

/** Appends the dump and says so in the log; a failure is logged, never thrown. */
export async function writeStateDump(
  premises: Premises,
  operations: readonly ServiceInOperation[],
  head: DumpHead,
): Promise<void> {
  try {
    const text = formatDump({ ...head, ...(await viewOf(premises, operations)) });
    const file = await open(DUMP_PATH, APPEND, DUMP_MODE);
    try {
      await file.appendFile(Buffer.from(text, 'latin1'));
    } finally {
      await file.close();
    }
    premises.log('info', 'dump_internal_state', `generated state dump in file ${DUMP_PATH}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    premises.log('error', 'dump_internal_state', `failed to open ${DUMP_PATH}: ${reason}`);
  }
}

type Rest = Omit<DumpView, keyof DumpHead>;

async function viewOf(premises: Premises, operations: readonly ServiceInOperation[]): Promise<Rest> {
  return {
    now: new Date(),
    services: operations.map((operation) => dumpedService(premises, operation)),
    servers: premises.children.all().map(dumpedServer),
    openDescriptors: (await readdir('/proc/self/fd')).map(Number).toSorted((a, b) => a - b),
    descriptorsFree: premises.descriptors.free,
  };
}

function dumpedService(premises: Premises, operation: ServiceInOperation): DumpedService {
  return {
    name: operation.service.name,
    state: operation.state,
    lines: showService(operation.service, premises.world),
    runningServers: premises.children.countOf(operation.key),
    retryServers: 0,
    fd: operation.listener?.fd ?? -1,
  };
}

/** A running server as the dump has it. */
export function dumpedServer(server: Server<ServerDetail>): DumpedServer {
  const { service: operation, source, startedAt } = server.detail;
  const { config } = operation.service;
  return {
    serviceId: operation.id,
    serviceName: operation.service.name,
    pid: server.pid,
    startedAt,
    remote: source === undefined ? undefined : `${source.text},${source.port}`,
    descriptor: config.wait ? (operation.listener?.fd ?? -1) : -1,
    isUserLogged: config.log_on_success.includes('USERID') && config.socket_type === 'stream' && !config.wait,
  };
}
