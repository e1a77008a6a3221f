// What a running daemon says about a caller, for `explain`: only where it runs with the configuration that is explained.

import { resolve } from 'node:path';
import type { Service } from '../config/service.ts';
import type { LiveFacts } from '../daemon/explain-request.ts';
import { askDaemon } from './control-client.ts';

/** Whom to ask: whoever is at the usual place, a named socket, nobody. */
export type DaemonChoice =
  | { readonly kind: 'usual' }
  | { readonly kind: 'at'; readonly path: string }
  | { readonly kind: 'nobody' };

export type LiveAnswer =
  /** `live` undefined: no daemon, or one with another configuration. */
  | { readonly kind: 'asked'; readonly live: LiveFacts | undefined }
  | { readonly kind: 'no-daemon'; readonly error: string };

const NOTHING: LiveAnswer = { kind: 'asked', live: undefined };

/** Asks the daemon. A named one must answer; the usual one need not be there. */
export async function liveFacts(
  { config }: Service,
  address: string,
  { daemon, configPath }: { readonly daemon: DaemonChoice; readonly configPath: string },
): Promise<LiveAnswer> {
  if (daemon.kind === 'nobody') return NOTHING;
  const request = { request: 'facts', service: config.id, address };
  const asked = await (daemon.kind === 'at' ? askDaemon(request, daemon.path) : askDaemon(request));
  if (asked.kind === 'unreachable' && daemon.kind === 'at') return { kind: 'no-daemon', error: asked.error };
  if (asked.kind !== 'answered') return NOTHING;
  // The daemon's own protocol; docs/control.md says what facts are.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const facts = asked.result as LiveFacts & { readonly configuration: string };
  return facts.configuration === resolve(configPath) ? { kind: 'asked', live: facts } : NOTHING;
}
