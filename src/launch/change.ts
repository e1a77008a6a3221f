// Servers as a rule of hosts.allow or hosts.deny changes them, and the shell commands that such a rule names. Pure.
// Source: hosts_options(5).

import { serverEnvironment } from './environment.ts';
import { filesLimit, idsOf, planLaunch } from './plan.ts';
import type { LaunchConfig, LaunchPlan, LaunchWorld } from './plan.ts';

/** What is to be different for one connection. */
export interface LaunchChange {
  /** Shell command in the server's place. */
  readonly twist?: string;
  /** `NAME=value`. */
  readonly settings: readonly string[];
  readonly umask?: number;
  /** Added to the service's own. */
  readonly nice?: number;
  readonly ids?: {
    readonly uid: number | undefined;
    readonly gid: number | undefined;
    readonly groups: readonly number[] | undefined;
  };
}

const SHELL = '/bin/sh';

/** Whether the change concerns the server at all. */
export function isChanging({ twist, settings, umask, nice, ids }: LaunchChange): boolean {
  return twist !== undefined || settings.length > 0 || [umask, nice, ids].some((part) => part !== undefined);
}

/** The plan of a service with the change; undefined where it runs no program. */
export function planChanged(config: LaunchConfig, world: LaunchWorld, change: LaunchChange): LaunchPlan | undefined {
  const { twist, settings, umask, nice, ids } = change;
  const plan = twist === undefined ? planLaunch(config, world) : planShell(config, world, { command: twist, settings });
  if (plan === undefined) return undefined;
  return {
    ...plan,
    env: [...withoutNames(plan.env, settings), ...settings],
    ids: ids === undefined ? plan.ids : changedIds(plan, world, ids),
    umask: umask ?? plan.umask,
    nice: nice === undefined ? plan.nice : (plan.nice ?? 0) + nice,
  };
}

/** A shell command as the service's user. */
export function planShell(
  config: LaunchConfig,
  world: LaunchWorld,
  { command, settings }: { readonly command: string; readonly settings: readonly string[] },
): LaunchPlan {
  const env = serverEnvironment(config, world.environment, config.id);
  return {
    path: SHELL,
    argv: ['sh', '-c', command],
    env: [...withoutNames(env, settings), ...settings],
    directory: '/',
    ids: idsOf(config, world),
    umask: config.umask,
    nice: config.nice,
    rlimits: [{ resource: 'nofile', limit: filesLimit(undefined, world.descriptorHardLimit) }],
  };
}

function changedIds(plan: LaunchPlan, world: LaunchWorld, ids: NonNullable<LaunchChange['ids']>): LaunchPlan['ids'] {
  const before = plan.ids ?? { uid: world.effectiveUid, gid: world.effectiveGid, groups: [] };
  return { uid: ids.uid ?? before.uid, gid: ids.gid ?? before.gid, groups: ids.groups ?? before.groups };
}

function withoutNames(env: readonly string[], settings: readonly string[]): readonly string[] {
  const names = new Set(settings.map((setting) => setting.slice(0, setting.indexOf('=') + 1)));
  return env.filter((variable) => !names.has(variable.slice(0, variable.indexOf('=') + 1)));
}
