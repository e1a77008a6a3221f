// **Front door** of the configuration: files become a list of services, with every finding on the way.
// Pure (files and names come through the ports) and it never throws: what is wrong is a diagnostic.
// The walk: include.ts reads blocks, merge.ts gives them values, table.ts chooses and checks the services.

import { cachedPorts } from './cached-ports.ts';
import { codeRow } from './codes.ts';
import type { DiagnosticCode } from './codes.ts';
import { DiagnosticCollector } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import { readBlocks } from './include.ts';
import type { BlocksRead } from './include.ts';
import { readInetdConf } from './inetd-conf.ts';
import { mergeBlocks } from './merge.ts';
import type { Defaults, MergedBlock } from './merge.ts';
import type { ConfigPorts } from './ports.ts';
import type { Service } from './service.ts';
import { buildTable } from './table.ts';
import type { LeftOut } from './table.ts';

export interface LoadOptions {
  readonly path: string;
  /** What relative paths are relative to. */
  readonly baseDirectory: string;
  /** `-inetd_compat`: also read this file, if it is there. */
  readonly inetdPath?: string;
}

export interface LoadedConfig {
  /** Finished services in the order of the files. */
  readonly services: readonly Service[];
  /** Entries that are not among them. */
  readonly leftOut: readonly LeftOut[];
  readonly defaults: Defaults;
  /** All findings; those of a file stand in the order of its lines. */
  readonly diagnostics: readonly Diagnostic[];
  /** A bad value in defaults: a start ends with it, `-d` goes on. */
  readonly isFatal: boolean;
  readonly mainFile: BlocksRead['mainFile'];
}

/** Reads, merges and checks a configuration. */
export function loadConfig(options: LoadOptions, world: ConfigPorts): LoadedConfig {
  const ports = cachedPorts(world);
  const syntax = new DiagnosticCollector();
  const { blocks, findingCounts, mainFile } = readBlocks(options, ports, syntax);
  const inetd = options.inetdPath === undefined ? [] : readInetdConf(options.inetdPath, ports, syntax);
  const merged = mergeBlocks([...blocks, ...inetd], ports);
  const diagnostics = interleave(syntax.all, merged.blocks, findingCounts);
  const drafts = merged.blocks.flatMap(({ draft }) => draft ?? []);
  const push = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const table = buildTable(drafts, merged.defaults, { ports, push });
  return { ...table, defaults: merged.defaults, diagnostics, isFatal: merged.defaults.isFatal, mainFile };
}

/**
 * The findings of a reload that speak against it: those whose row says `reject`, unless the configuration in force
 * had them already. An empty list: the new configuration may replace the old one.
 */
export function objectionsTo(next: LoadedConfig, inForce?: LoadedConfig): readonly Diagnostic[] {
  const old = new Set(inForce?.diagnostics.map(identity));
  return next.diagnostics.filter(
    (diagnostic) => codeRow(diagnostic.code).reload === 'reject' && !old.has(identity(diagnostic)),
  );
}

/** Whether a reload may go on with the new configuration. */
export function mayReload(next: LoadedConfig, inForce?: LoadedConfig): boolean {
  return !next.isFatal && next.mainFile === 'read' && objectionsTo(next, inForce).length === 0;
}

/** The same mistake on another line is the same mistake. */
function identity({ code, args, span }: Diagnostic): string {
  return `${code} ${span?.source.name ?? ''} ${args.join(' ')}`;
}

/** The finding that stands for the fatal error itself; `-d` leaves it out of the log. */
export const FATAL_DEFAULTS: DiagnosticCode = 'XC107';

/**
 * Findings about syntax and about values, in the order of the lines they are about. `counts` says how many of the
 * former were there at the end of each block; those inside it come after what its values gave.
 */
function interleave(
  syntax: readonly Diagnostic[],
  blocks: readonly MergedBlock[],
  counts: readonly number[],
): Diagnostic[] {
  const result: Diagnostic[] = [];
  let next = 0;
  for (const [index, { block, diagnostics, asides = [] }] of blocks.entries()) {
    if (diagnostics.length + asides.length === 0 && counts[index] === next) continue;
    const upToHere = syntax.slice(next, counts[index]);
    const inside = upToHere.findIndex(
      ({ span }) => span?.source === block.span.source && span.start > block.span.start,
    );
    const before = inside === -1 ? upToHere.length : inside;
    for (const part of [upToHere.slice(0, before), diagnostics, upToHere.slice(before), asides]) {
      for (const finding of part) result.push(finding);
    }
    next += upToHere.length;
  }
  return [...result, ...syntax.slice(next)];
}
