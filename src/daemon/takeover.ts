// The program that takes over gives the services what an earlier one of this process has left: sockets that still fit, rates,
// counts, running servers. Services that are gone keep their servers until these end, so that their EXIT lines are written.

import type { Service } from '../config/service.ts';
import { closeFd, sendNow } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import { closeSocket } from '../net/open.ts';
import type { OpenedSocket } from '../net/open.ts';
import { openLog, retire } from './activate.ts';
import { write } from './control.ts';
import { counted } from './counted.ts';
import { diffServices } from './diff.ts';
import { limitGrace } from './grace.ts';
import type { HandedServer, HandedService, Handover } from './handover.ts';
import type { Premises } from './premises.ts';
import { serverOf } from './server-life.ts';
import { equip, ServiceInOperation } from './service.ts';
import { SourceRates } from './source-rates.ts';

/** What one service takes over. */
export interface Legacy {
  readonly handed: HandedService;
  /** Undefined where the service needs another one, or had none. */
  readonly socket: OpenedSocket | undefined;
  readonly servers: readonly HandedServer[];
}

/** Finds for each service what it takes over. Sockets that nobody needs any more are closed, so that their addresses are free. */
export function distribute(
  premises: Premises,
  { services: handedServices, servers }: Handover,
  services: readonly Service[],
): ReadonlyMap<Service, Legacy> {
  const serversOf = byServiceKey(servers);
  const byService = new Map(
    handedServices.filter(({ isRetired }) => !isRetired).map((handed) => [handed.service, handed]),
  );
  const legacies = new Map<Service, Legacy>();
  for (const { before, after, isRebound } of diffServices([...byService.keys()], services).keep) {
    const handed = byService.get(before);
    if (handed === undefined) throw new Error(`invariant: ${before.config.id} was not handed over`);
    const socket = isRebound ? undefined : handed.socket;
    legacies.set(after, { handed, socket, servers: serversOf.get(handed.key) ?? [] });
  }
  const kept = new Set([...legacies.values()].map(({ socket }) => socket));
  for (const { socket, registration } of handedServices) {
    if (socket === undefined || kept.has(socket)) continue;
    premises.supervisor.forget(socket.fd);
    closeSocket(socket);
    if (registration !== undefined) void premises.portmapper.unregister(registration);
  }
  return legacies;
}

/** Servers in groups. */
export function byServiceKey(servers: readonly HandedServer[]): ReadonlyMap<string, readonly HandedServer[]> {
  const groups = new Map<string, HandedServer[]>();
  for (const server of servers) {
    const group = groups.get(server.serviceKey) ?? [];
    group.push(server);
    groups.set(server.serviceKey, group);
  }
  return groups;
}

/** Before the service is brought into operation. */
export function inherit(operation: ServiceInOperation, { handed, socket }: Legacy): void {
  operation.rate = handed.rate;
  operation.tally.served = handed.served;
  for (const [reason, count] of handed.refused) operation.tally.refused.set(reason, count);
  if (handed.sources.length > 0) operation.sources = new SourceRates(handed.sources);
  if (socket === undefined) return;
  operation.registration = handed.registration;
  if (handed.state === 'suspended') operation.state = 'suspended';
}

/** Once it is in operation: its servers count again. */
export function adoptServers(
  premises: Premises,
  operation: ServiceInOperation,
  servers: readonly HandedServer[],
): void {
  for (const server of servers) {
    const { pid, source, requestNumber, startedAt, startedAtMs, hasSocket, trigger } = server;
    const { listener } = operation;
    const holding = hasSocket && listener !== undefined ? { socket: listener } : {};
    const detail = {
      service: operation,
      source,
      requestNumber,
      startedAt,
      ...holding,
      ...(trigger === undefined ? {} : { trigger }),
    };
    premises.children.add({ ...serverOf(operation, detail, pid), startedAtMs });
  }
}

/** Servers of services that are no more leave their EXIT lines all the same; `served` names the services that go on. */
export function adoptLeftServers(premises: Premises, handover: Handover, served: ReadonlySet<string>): void {
  const serversOf = byServiceKey(handover.servers);
  for (const { key, service } of handover.services) {
    const servers = serversOf.get(key);
    if (served.has(key) || servers === undefined) continue;
    const operation = new ServiceInOperation(equip(service, premises.world));
    openLog(premises, operation);
    adoptServers(premises, operation, servers);
    retire(premises, operation);
    limitGrace(premises, operation);
  }
}

/** Tells the log, and whoever asked for it, that the upgrade is done. */
export function reportTakeover(
  { log }: Pick<Premises, 'log'>,
  { version: before, servers, replyFd }: Handover,
  version: string,
): void {
  log('notice', 'upgrade', `took over from ${before} with ${counted(servers.length, 'running server')}`);
  if (replyFd < 0) return;
  try {
    sendNow(replyFd, Buffer.from(write({ ok: true, result: { before, version, runningServers: servers.length } })));
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
  closeFd(replyFd);
}
