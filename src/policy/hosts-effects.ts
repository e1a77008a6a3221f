// What a matching rule of hosts.allow or hosts.deny does: steps to take before the verdict, changes for the server. Pure.
// Source: hosts_options(5).

import type { HostsOption, WrapperIds } from './hosts-options.ts';
import { expandPercent } from './hosts-percent.ts';
import type { WrappedRequest } from './hosts-percent.ts';

/** What the daemon has to do before the question can be answered. */
export type WrapperStep =
  /** A shell command; its status 0 is the answer yes. `isDeciding`: the verdict hangs on it. */
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly isDeciding: boolean;
      readonly settings: readonly string[];
    }
  /** A file to be sent to the caller, its text expanded by `expand`. */
  | { readonly kind: 'banner'; readonly path: string; readonly expand: (text: string) => string | undefined };

/** What the rule changes for the server. */
export interface WrapperEffects {
  /** Shell command that is run in the server's place. */
  readonly twist?: string;
  /** `NAME=value`. */
  readonly settings: readonly string[];
  readonly umask?: number;
  readonly nice?: number;
  readonly ids?: WrapperIds & { readonly name: string };
  readonly lingerSeconds?: number;
  readonly isKeepAlive?: boolean;
}

export const NO_EFFECTS: WrapperEffects = { settings: [] };

/** The step that an option asks for. */
export function stepOf(
  option: HostsOption,
  request: WrappedRequest,
  { settings }: WrapperEffects,
): WrapperStep | 'too long' | undefined {
  if (option.kind === 'banners') {
    const path = `${option.directory}/${request.daemon}`;
    return { kind: 'banner', path, expand: (text) => expandPercent(text, request) };
  }
  if (option.kind !== 'spawn' && option.kind !== 'aclexec') return undefined;
  const command = expandPercent(option.command, request);
  if (command === undefined) return 'too long';
  return { kind: 'command', command, isDeciding: option.kind === 'aclexec', settings };
}

/** What an option adds. Undefined: an expansion is too long. */
export function effectsWith(
  effects: WrapperEffects,
  option: HostsOption,
  request: WrappedRequest,
): WrapperEffects | undefined {
  if (option.kind === 'twist') {
    const twist = expandPercent(option.command, request);
    return twist === undefined ? undefined : { ...effects, twist };
  }
  if (option.kind === 'setenv') {
    const value = expandPercent(option.value, request);
    const settings = [...effects.settings, `${option.name}=${value ?? ''}`];
    return value === undefined ? undefined : { ...effects, settings };
  }
  return { ...effects, ...changeOf(option, effects) };
}

function changeOf(option: HostsOption, { nice = 0, ids }: WrapperEffects): Partial<WrapperEffects> {
  if (option.kind === 'umask') return { umask: option.mask };
  if (option.kind === 'nice') return { nice: nice + option.increment };
  if (option.kind === 'ids') return { ids: { name: option.name, ...mergeIds(ids, option.ids) } };
  if (option.kind === 'linger') return { lingerSeconds: option.seconds };
  return option.kind === 'keepalive' ? { isKeepAlive: true } : {};
}

function mergeIds(earlier: WrapperIds | undefined, later: WrapperIds): WrapperIds {
  return {
    uid: later.uid ?? earlier?.uid,
    gid: later.gid ?? earlier?.gid,
    groups: later.groups ?? earlier?.groups,
  };
}
