// From a service's configuration to the launch profile of its server: argv, environment, ids, limits.
// Pure: the facts of the machine come in as `LaunchWorld`. Carried out by `spawn.ts` and `native/spawn.c`.
// Source: spec 3.3 (NAMEINARGS), 6.3 (order and content of the child's set-up).

import type { ConfigPorts } from '../config/ports.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import type { LaunchProfileSpec } from '../native/binding.ts';
import { serverEnvironment } from './environment.ts';

/** What planning needs to know of the machine and of this daemon. */
export interface LaunchWorld extends Pick<ConfigPorts, 'lookupUid' | 'groupList' | 'environment' | 'effectiveUid'> {
  readonly effectiveGid: number;
  /** Hard limit of descriptors: what a server gets that names no `rlimit_files`. */
  readonly descriptorHardLimit: number;
}

/** Everything about a server that is the same for each connection. */
export type LaunchPlan = LaunchProfileSpec;

/** The part of a service's configuration that decides how its server runs. */
export type LaunchConfig = Pick<
  ServiceConfig,
  | 'id'
  | 'type'
  | 'flags'
  | 'server'
  | 'server_args'
  | 'redirect'
  | 'user'
  | 'group'
  | 'groups'
  | 'umask'
  | 'nice'
  | 'env'
  | 'passenv'
  | 'env_style'
  | 'rlimit_as'
  | 'rlimit_cpu'
  | 'rlimit_data'
  | 'rlimit_rss'
  | 'rlimit_stack'
  | 'rlimit_files'
>;

type Ids = LaunchPlan['ids'];
type ResourceLimits = LaunchPlan['rlimits'];

/** Plans the server of a service; undefined where it runs no program of its own (built-in, redirect). */
export function planLaunch(config: LaunchConfig, world: LaunchWorld): LaunchPlan | undefined {
  if (config.server === undefined || config.redirect !== undefined || config.type.includes('INTERNAL'))
    return undefined;
  return {
    path: config.server,
    argv: argumentsOf(config, config.server),
    env: serverEnvironment(config, world.environment, config.id),
    directory: '/',
    ids: idsOf(config, world),
    umask: config.umask,
    nice: config.nice,
    rlimits: resourceLimitsOf(config, world.descriptorHardLimit),
  };
}

/** With NAMEINARGS the arguments are the whole argv, wherever the flag was written. differs: D6. */
function argumentsOf(config: LaunchConfig, server: string): readonly string[] {
  if (config.flags.includes('NAMEINARGS')) return config.server_args;
  return [server.slice(server.lastIndexOf('/') + 1), ...config.server_args];
}

/**
 * Undefined: the server keeps the daemon's ids. A daemon that is not root changes nothing for its own user; for
 * any other user the ids are planned all the same, so that the kernel refuses and the server never runs.
 */
export function idsOf(config: LaunchConfig, world: LaunchWorld): Ids {
  const { user, group } = config;
  if (world.effectiveUid !== 0) {
    if (user === undefined || user.uid === world.effectiveUid) return undefined;
    return { uid: user.uid, gid: group?.gid ?? user.gid, groups: [] };
  }
  if (user === undefined && group === undefined) return undefined;
  const gid = group?.gid ?? user?.gid ?? world.effectiveGid;
  return { uid: user?.uid ?? world.effectiveUid, gid, groups: groupsOf(config, world) };
}

function groupsOf(config: LaunchConfig, world: LaunchWorld): readonly number[] {
  const { user } = config;
  if (user === undefined || !config.groups) return [];
  const record = world.lookupUid(user.uid) ?? user;
  return world.groupList(record.name, record.gid);
}

/** Soft = hard for each; 0 is "not set". differs: D39, a limit that cannot be set stops the launch (the reference goes on). */
function resourceLimitsOf(config: LaunchConfig, descriptorHardLimit: number): ResourceLimits {
  const limits: readonly (readonly [string, number | undefined])[] = [
    ['nofile', filesLimit(config.rlimit_files, descriptorHardLimit)],
    ['as', config.rlimit_as],
    ['cpu', config.rlimit_cpu],
    ['data', config.rlimit_data],
    ['rss', config.rlimit_rss],
    ['stack', config.rlimit_stack],
  ];
  return limits.flatMap(([resource, limit]) => (limit === undefined || limit === 0 ? [] : [{ resource, limit }]));
}

/** compat: a server may use as many descriptors as the daemon's hard limit allows (test/compat/007-child-environment). */
export function filesLimit(limit: number | undefined, descriptorHardLimit: number): number {
  return limit === undefined || limit === 0 || limit === Infinity ? descriptorHardLimit : limit;
}
