// What the built-in services `services` and `servers` say: to each caller what it may see, and nothing more. Services that
// its address may not use, and sensors, do not appear, nor do unix sockets but for callers of one; of the servers only
// those that run for its own address do.
// Source: the lines of xinetd 2.3 before these services were dropped; differs: D82.

import type { ListingName } from '../launch/builtin/builtin.ts';
import { monotonicMs } from '../native/monotonic.ts';
import { accessCheck } from '../policy/address.ts';
import { libwrapCheck } from '../policy/hosts-access.ts';
import type { WrapperStep } from '../policy/hosts-effects.ts';
import type { Source } from '../policy/source.ts';
import { serverLines } from './dump.ts';
import { gather, NOTHING_FOUND } from './gather.ts';
import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';
import { dumpedServer } from './state-dump.ts';

/** The whole text for one caller, a byte string. */
export function listingFor(premises: Premises, name: ListingName, source: Source): string {
  const visible = premises.operations().filter((operation) => isVisible(premises, operation, source));
  const lines =
    name === 'services'
      ? visible.map(serviceLine)
      : visible.flatMap((operation) => serversOf(premises, operation, source));
  return lines.map((line) => `${line}\n`).join('');
}

/** What is not known of the caller, such as its name, speaks against it. */
function isVisible(premises: Premises, operation: ServiceInOperation, source: Source): boolean {
  const { socket_path, flags } = operation.service.config;
  if (operation.listener === undefined || flags.includes('SENSOR')) return false;
  if ((socket_path !== undefined) !== (source.family === 'unix')) return false;
  if (premises.bans.book?.isBanned(source, monotonicMs()) === true) return false;
  const { request } = gather(premises, operation, { source, fd: -1, found: NOTHING_FOUND });
  if (accessCheck(request) !== undefined) return false;
  const wrapped = libwrapCheck(request);
  return wrapped === undefined || !('reason' in wrapped || isDeciding(wrapped.step));
}

/** A command that would have to be asked is not asked for a listing. */
function isDeciding(step: WrapperStep | undefined): boolean {
  return step?.kind === 'command' && step.isDeciding;
}

/** `NAME PROTOCOL PORT`, or `NAME unix PATH`. */
function serviceLine({ service: { name, config }, listener }: ServiceInOperation): string {
  return `${name} ${config.protocol.name} ${config.socket_path ?? listener?.port ?? config.port}`;
}

function serversOf({ children }: Premises, { key }: ServiceInOperation, { plain }: Source): readonly string[] {
  const own = children.of(key).filter(({ source }) => source === plain);
  return own.flatMap((server) => serverLines(dumpedServer(server)));
}
