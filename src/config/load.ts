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
  const { blocks, mainFile } = readBlocks(options, ports, syntax);
  const inetd = options.inetdPath === undefined ? [] : readInetdConf(options.inetdPath, ports, syntax);
  const merged = mergeBlocks([...blocks, ...inetd], ports);
  const diagnostics = interleave(syntax.all, merged.blocks);
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

/** Findings about syntax and about values, in the order of the lines they are about. */
function interleave(syntax: readonly Diagnostic[], blocks: readonly MergedBlock[]): Diagnostic[] {
  const result: Diagnostic[] = [];
  let next = 0;
  const passTo = (end: number): void => {
    for (; next < end; next += 1) result.push(...(blocks[next]?.diagnostics ?? []));
  };
  const lastBlocks = blocksBefore(syntax, blocks);
  for (const [index, diagnostic] of syntax.entries()) {
    passTo(lastBlocks[index] ?? 0);
    result.push(diagnostic);
  }
  passTo(blocks.length);
  return result;
}

/** For each finding, how many blocks stand before it. */
function blocksBefore(syntax: readonly Diagnostic[], blocks: readonly MergedBlock[]): readonly number[] {
  const starts = new Map<unknown, { readonly start: number; readonly count: number }[]>();
  for (const [index, { block }] of blocks.entries()) {
    const { source, start } = block.span;
    const known = starts.get(source);
    if (known === undefined) starts.set(source, [{ start, count: index + 1 }]);
    else known.push({ start, count: index + 1 });
  }
  return syntax.map(({ span }) => {
    const candidates = span === undefined ? undefined : starts.get(span.source);
    return candidates?.findLast(({ start }) => start <= (span?.start ?? 0))?.count ?? 0;
  });
}
