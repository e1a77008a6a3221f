// `xinetd-ts convert inetd` and `xinetd-ts convert systemd`: configuration in another language, checked by loading it where
// the language is ours. Without a folder everything goes to standard output; in a folder no file is overwritten.
// What is wrong or lost is said on standard error (with a folder: on standard output). Exit status: 0 everything is
// converted, 1 there are mistakes, or services without a counterpart.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeRow } from '../config/codes.ts';
import { DiagnosticCollector } from '../config/diagnostic.ts';
import type { Diagnostic } from '../config/diagnostic.ts';
import { parseInetdConf } from '../config/inetd-conf.ts';
import { loadConfig } from '../config/load.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { ConfigPorts } from '../config/ports.ts';
import { renderTerminal } from '../config/render.ts';
import { placeOf, sourceText } from '../config/source.ts';
import type { ServiceBlock } from '../config/syntax.ts';
import { systemPorts } from '../daemon/boot.ts';
import { blockText } from './convert/blocks.ts';
import { reportJson, reportText } from './convert/report.ts';
import type { Converted } from './convert/report.ts';
import { unitName } from './convert/unit-text.ts';
import { unitsOf } from './convert/units.ts';
import type { Conversion } from './convert/units.ts';
import { EXIT_FAILURE, EXIT_OK } from './exit-codes.ts';
import { writeWhole } from './write-whole.ts';

/** Where the result goes. */
export interface ConvertOptions {
  /** Made where it is missing; undefined: standard output. */
  readonly folder: string | undefined;
  readonly isJson: boolean;
}

interface NamedText {
  readonly name: string;
  /** Byte string. */
  readonly text: string;
}

const STDOUT = 1;
const STDERR = 2;

/** Writes each line of an inetd.conf as an entry of xinetd.conf. */
export function convertInetd(path: string, { folder }: ConvertOptions): number {
  const ports = systemPorts({ isInsecureAllowed: true, fallbackUser: undefined });
  const collector = new DiagnosticCollector();
  const text = attempt(() => readFileSync(path, 'latin1'));
  if (text === undefined) return EXIT_FAILURE;
  const blocks = parseInetdConf(sourceText(path, text), ports, collector);
  const files = blockFiles(blocks);
  const findings = [...collector.all, ...loadText(files.map((file) => file.text).join('\n'), ports).diagnostics];
  const isWritten = emit(files, folder);
  writeWhole(STDERR, findingsText(findings));
  return isWritten && !findings.some(isError) ? EXIT_OK : EXIT_FAILURE;
}

/** Writes every service of a loaded configuration as units of systemd, and says what they lose. */
export function convertSystemd(loaded: LoadedConfig, { folder, isJson }: ConvertOptions): number {
  const converted = convert(loaded, systemPorts({ isInsecureAllowed: true, fallbackUser: undefined }));
  const files = converted.conversions.flatMap((each) => (each.kind === 'units' ? each.files : []));
  writeWhole(STDERR, findingsText(loaded.diagnostics.filter(isError)));
  const isPrinted = folder === undefined;
  const named = isPrinted ? files.map(({ name, text }) => ({ name, text: `### ${name}\n${text}` })) : files;
  const isWritten = (isPrinted && isJson) || emit(named, folder);
  const report = isJson ? reportJson(converted) : reportText(converted);
  writeWhole(isPrinted && !isJson ? STDERR : STDOUT, report);
  const isWhole = converted.conversions.every(({ kind }) => kind === 'units') && !loaded.diagnostics.some(isError);
  return isWritten && isWhole ? EXIT_OK : EXIT_FAILURE;
}

function convert({ services, leftOut }: LoadedConfig, ports: ConfigPorts): Converted {
  const taken = new Set<string>();
  const conversions = services.map((service): Conversion => {
    const { source, start } = service.span;
    const unit = freeName(unitName(service.config.id), taken);
    const origin = `Made by xinetd-ts convert from ${source.name}, line ${placeOf(source, start).line}.`;
    return unitsOf(service, { unit, origin, groupsOf: ports.groupList });
  });
  const isWrapped = services.some(({ config }) => !config.flags.includes('NOLIBWRAP'));
  const libwrap = isWrapped ? ['hosts.allow and hosts.deny are not read'] : [];
  return { conversions, leftOut, notes: [...libwrap, ...NOTES] };
}

const NOTES = [
  'servers have REMOTE_ADDR and REMOTE_PORT, no REMOTE_HOST, and the environment of systemd, not of xinetd',
  'callers beyond MaxConnections= are closed, and nothing pauses the service as cps does, which is 50 10 where it is not set',
  'IPAddressDeny= drops packets, so that callers wait in vain instead of being closed; it needs cgroup v2 and BPF',
];

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  taken.add(free);
  return free;
}

/** One file for each service name, as in xinetd.d, where names with a dot are passed over. */
function blockFiles(blocks: readonly ServiceBlock[]): readonly NamedText[] {
  const files = new Map<string, string>();
  for (const block of blocks) {
    const name = unitName(block.name.text).replaceAll('.', '_');
    const before = files.get(name);
    files.set(name, before === undefined ? blockText(block) : `${before}\n${blockText(block)}`);
  }
  return [...files].map(([name, text]) => ({ name, text }));
}

/** The converted text, read as the daemon would read it. */
function loadText(text: string, ports: ConfigPorts): LoadedConfig {
  const path = '/converted';
  const status = { kind: 'file', mode: 0o644, uid: 0, gid: 0, isExecutable: false } as const;
  const readFile: ConfigPorts['readFile'] = () => ({ ok: true, text, status });
  return loadConfig({ path, baseDirectory: '/' }, { ...ports, readFile });
}

/** Answers whether everything could be written. */
function emit(files: readonly NamedText[], folder: string | undefined): boolean {
  if (folder === undefined) {
    writeWhole(STDOUT, Buffer.from(files.map(({ text }) => text).join('\n'), 'latin1'));
    return true;
  }
  const isFolder = attempt(() => (mkdirSync(folder, { recursive: true }), true)) === true;
  return isFolder && files.map((file) => writeNew(folder, file)).every(Boolean);
}

function writeNew(folder: string, { name, text }: NamedText): boolean {
  return attempt(() => (writeFileSync(join(folder, name), text, { encoding: 'latin1', flag: 'wx' }), true)) === true;
}

/** What the system does not do for us is said on standard error. */
function attempt<Result>(action: () => Result): Result | undefined {
  try {
    return action();
  } catch (error) {
    writeWhole(STDERR, `${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

function isError({ code }: Diagnostic): boolean {
  return ['error', 'critical'].includes(codeRow(code).severity);
}

function findingsText(findings: readonly Diagnostic[]): string {
  return findings
    .filter(({ code }) => !['debug', 'info'].includes(codeRow(code).severity))
    .map((finding) => renderTerminal(finding))
    .filter((text) => text !== undefined)
    .map((text) => `${text}\n`)
    .join('');
}
