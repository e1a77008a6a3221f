// The table of all attributes and the types inferred from it. Pure.
// To add an attribute, write its row in one of the files beside this one and list it here.

import * as access from './access.ts';
import { freeBind } from './bind-options.ts';
import { disabled, enabled } from './defaults.ts';
import * as identity from './identity.ts';
import { envStyle } from './interop.ts';
import * as limits from './limits.ts';
import * as logging from './logging.ts';
import { proxyFrom, proxyProtocol } from './proxy.ts';
import * as resources from './resources.ts';
import type { AttributeRow, ValueOf } from './row.ts';
import * as server from './server.ts';
import * as unix from './unix.ts';

/** Rows of what a service holds; the order is that of `-T` and the manual. */
export const SERVICE_ATTRIBUTES = [
  identity.id,
  identity.type,
  identity.flags,
  identity.disable,
  identity.socketType,
  identity.protocol,
  identity.port,
  identity.bind,
  identity.v6only,
  freeBind,
  unix.socketPath,
  unix.socketMode,
  unix.socketUser,
  unix.socketGroup,
  identity.wait,
  identity.rpcVersion,
  identity.rpcNumber,
  server.user,
  server.group,
  server.groups,
  server.umask,
  server.nice,
  server.server,
  server.serverArgs,
  server.env,
  server.passenv,
  envStyle,
  server.redirect,
  proxyProtocol,
  limits.instances,
  limits.perSource,
  limits.cps,
  limits.perSourceCps,
  limits.reloadGrace,
  limits.maxLoad,
  limits.idleTimeout,
  proxyFrom,
  access.onlyFrom,
  access.noAccess,
  access.accessTimes,
  access.libwrap,
  access.denyTime,
  logging.logType,
  logging.logFormat,
  logging.logAddress,
  logging.logOnSuccess,
  logging.logOnFailure,
  logging.banner,
  logging.bannerSuccess,
  logging.bannerFail,
  resources.rlimitAs,
  resources.rlimitCpu,
  resources.rlimitData,
  resources.rlimitRss,
  resources.rlimitStack,
  resources.rlimitFiles,
] as const;

const DEFAULTS_ONLY = [enabled, disabled] as const;

type ServiceRow = (typeof SERVICE_ATTRIBUTES)[number];
type DefaultsRow = ServiceRow | (typeof DEFAULTS_ONLY)[number];

/** The value of every attribute of a finished service; configuration spelling throughout. */
export type ServiceConfig = { readonly [Row in ServiceRow as Row['name']]: ValueOf<Row> };

/** What the defaults blocks say, and nothing else. */
export type DefaultsConfig = { readonly [Row in DefaultsRow as Row['name']]?: ValueOf<Row> };

/** Name of an attribute of a service. */
export type AttributeName = keyof ServiceConfig;

/** Every row. */
export const ATTRIBUTES: readonly AttributeRow[] = [...SERVICE_ATTRIBUTES, ...DEFAULTS_ONLY];

const BY_NAME: ReadonlyMap<string, AttributeRow> = new Map(
  ATTRIBUTES.flatMap((row) => [row.name, ...(row.aliases ?? [])].map((name) => [name, row] as const)),
);

/** The row of a name in any case, aliases included. */
export function findAttribute(name: string): AttributeRow | undefined {
  return BY_NAME.get(name) ?? BY_NAME.get(name.toLowerCase());
}

/** Every name an entry of this kind may use. */
export function attributeNames(block: 'service' | 'defaults'): readonly string[] {
  return [...BY_NAME].filter(([, row]) => row.scope === 'both' || row.scope === block).map(([name]) => name);
}

/** The values nobody wrote. */
// The keys are the rows' names and the values their fallbacks, which is what the type says.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const FALLBACKS = Object.fromEntries(SERVICE_ATTRIBUTES.map((row) => [row.name, row.fallback])) as ServiceConfig;
