// RPC services in operation: their versions (`rpc_version` of program `rpc_number`) are registered with rpcbind before they
// listen, and taken out when they stop. Trouble is logged in the reference's words. Source: spec sections 6.8, 10.2.
// differs: D80 versions are registered at once, the reference waits a second after each.

import type { ServiceConfig } from '../config/service-config.ts';
import { localPort } from '../native/binding.ts';
import type { OpenedSocket } from '../net/open.ts';
import type { RpcProgram } from '../net/portmapper.ts';
import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

const UDP = 17;

/** Registers an RPC service with the port of its socket; false when no version could be. Other services need nothing. */
export async function registerRpc(
  premises: Premises,
  operation: ServiceInOperation,
  { fd, spec }: OpenedSocket,
): Promise<boolean> {
  const { config } = operation.service;
  const what = programOf(config);
  if (what === undefined || spec.family === 'unix') return true;
  if (operation.registration !== undefined) return reregisterRpc(premises, operation);
  const families: RpcProgram['families'] =
    spec.family === 'ipv4' ? ['ipv4'] : spec.isV6Only ? ['ipv6'] : ['ipv4', 'ipv6'];
  const failed = await register(premises, operation, { ...what, families, port: localPort(fd) });
  for (const version of failed) {
    const facts = `service=${operation.id} program=${what.program} version=${version}`;
    premises.log('error', 'activate_rpc', `pmap_set failed. ${facts}`);
  }
  return failed.length < what.versions.length;
}

/** Takes a service's versions out again, without waiting for it. */
export function unregisterRpc(premises: Premises, operation: ServiceInOperation): void {
  if (operation.registration !== undefined) void premises.portmapper.unregister(operation.registration);
  operation.registration = undefined;
}

/** Other versions on the same socket, as after a reload; false when none of them could be registered. */
export async function reregisterRpc(premises: Premises, operation: ServiceInOperation): Promise<boolean> {
  const before = operation.registration;
  const what = programOf(operation.service.config);
  if (before === undefined || what === undefined || isSameList(before.versions, what.versions)) return true;
  unregisterRpc(premises, operation);
  const failed = await register(premises, operation, { ...before, ...what });
  for (const version of failed) {
    const facts = `service=${operation.id}, program=${what.program}, version = ${version}`;
    premises.log('error', 'readjust', `pmap_set failed. ${facts}`);
  }
  if (failed.length < what.versions.length) return true;
  premises.log('error', 'readjust', `No versions registered for RPC service ${operation.id}`);
  return false;
}

/** Remembers what it registers at once, so that a service which ends meanwhile is taken out after that. */
async function register(
  { portmapper }: Premises,
  operation: ServiceInOperation,
  program: RpcProgram,
): Promise<readonly number[]> {
  operation.registration = program;
  const failed = await portmapper.register(program);
  if (failed.length === program.versions.length && operation.registration === program) {
    operation.registration = undefined;
  }
  return failed;
}

function programOf(config: ServiceConfig): Pick<RpcProgram, 'program' | 'versions' | 'protocol'> | undefined {
  const { type, protocol, rpc_number: program, rpc_version: range } = config;
  if (!type.includes('RPC') || program === undefined || range === undefined) return undefined;
  const versions = Array.from({ length: range.high - range.low + 1 }, (_, index) => range.low + index);
  return { program, versions, protocol: protocol.number === UDP ? 'udp' : 'tcp' };
}

function isSameList(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((version, index) => version === other[index]);
}
