// `-t`: read the configuration as the daemon would and say everything that is wrong with it; `-T`: print what it means.
// The same road as the daemon's: `config/load.ts` and `config/render.ts`. Exit status 1 when there is an error.

import { resolve } from 'node:path';
import { codeRow } from '../config/codes.ts';
import type { Diagnostic } from '../config/diagnostic.ts';
import { effectiveConfiguration } from '../config/effective.ts';
import { loadConfig } from '../config/load.ts';
import type { LoadedConfig } from '../config/load.ts';
import { renderJson, renderTerminal } from '../config/render.ts';
import { systemPorts } from '../daemon/boot.ts';
import { failedExpectations } from '../daemon/expectations.ts';
import { rehearsalProblem } from '../daemon/handover.ts';
import { INETD_CONF } from '../daemon/run.ts';
import { isTerminal } from '../daemon/terminal.ts';
import { EXIT_FAILURE, EXIT_OK } from './exit-codes.ts';
import { scanOptions } from './options.ts';
import type { DaemonOptions } from './options.ts';
import { writeWhole } from './write-whole.ts';

const STDOUT = 1;
const STDERR = 2;

/** Reads what the options name, with fresh ports. */
export function loadFor(options: DaemonOptions): LoadedConfig {
  const inetd = options.isInetdCompatible ? { inetdPath: INETD_CONF } : {};
  return loadConfig({ path: options.configPath, baseDirectory: process.cwd(), ...inetd }, systemPorts(options));
}

/** Reads the file of a command that is no option of the daemon. */
export function loadNamed(path: string, isInetdCompatible: boolean): LoadedConfig {
  const scanned = scanOptions(['-f', resolve(path), ...(isInetdCompatible ? ['-inetd_compat'] : [])]);
  if (scanned.kind === 'usage') throw new Error('invariant: -f takes any word');
  return loadFor(scanned.options);
}

/** `-t`: one line per finding; at a terminal with source line, caret and hint; `--json`: one object. */
export function testConfiguration(options: DaemonOptions): number {
  const problem = rehearsalProblem(process.env);
  if (problem !== undefined) {
    print(STDERR, problem);
    return EXIT_FAILURE;
  }
  const read = loadFor(options);
  const loaded = { ...read, diagnostics: [...read.diagnostics, ...failedExpectations(read.services)] };
  const isPassed = !loaded.diagnostics.some(isError) && loaded.mainFile === 'read';
  if (options.isJson) writeJson(loaded, options.configPath, isPassed);
  else {
    for (const line of findings(loaded.diagnostics, isTerminal(STDOUT))) print(STDOUT, line);
    print(STDERR, `configuration file ${options.configPath} test ${isPassed ? 'is successful' : 'failed'}`);
  }
  return isPassed ? EXIT_OK : EXIT_FAILURE;
}

/** `-T`: the configuration with defaults merged, in a form that loads again. */
export function showConfiguration(options: DaemonOptions): number {
  const loaded = loadFor(options);
  for (const line of findings(loaded.diagnostics.filter(isError), true)) print(STDERR, line);
  if (loaded.mainFile !== 'read') return EXIT_FAILURE;
  writeWhole(STDOUT, Buffer.from(effectiveConfiguration(loaded), 'latin1'));
  return loaded.diagnostics.some(isError) ? EXIT_FAILURE : EXIT_OK;
}

function isError({ code }: Diagnostic): boolean {
  const { severity } = codeRow(code);
  return severity === 'error' || severity === 'critical';
}

/** Debug and information lines are for the log. */
function findings(diagnostics: readonly Diagnostic[], isForPeople: boolean): readonly string[] {
  return diagnostics
    .filter(({ code }) => !['debug', 'info'].includes(codeRow(code).severity))
    .flatMap((diagnostic) => renderTerminal(diagnostic) ?? [])
    .map((text) => (isForPeople ? text : (text.split('\n', 1)[0] ?? '')));
}

function writeJson(loaded: LoadedConfig, path: string, isPassed: boolean): void {
  const found = loaded.diagnostics.flatMap((diagnostic) => renderJson(diagnostic) ?? []);
  const services = loaded.services.map(({ name, config }) => ({ name, id: config.id }));
  print(STDOUT, JSON.stringify({ file: path, ok: isPassed, services, findings: found }, undefined, 2));
}

function print(fd: number, line: string): void {
  writeWhole(fd, `${line}\n`);
}
