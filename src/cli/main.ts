// The entry point: the command line decides what runs. Kept light: whatever is heavy is loaded by the command that needs it.

import { writeSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { commandNamed } from './commands.ts';
import { EXIT_FAILURE, EXIT_OK } from './exit-codes.ts';
import { scanOptions, usageLine } from './options.ts';
import type { DaemonOptions } from './options.ts';
import { runDaemon } from '../daemon/run.ts';
import { showConfiguration, testConfiguration } from './test-config.ts';
import { FEATURES, VERSION, versionLine } from './version.ts';

/** Tag of log lines and first word of the usage line: the name the program was called by. */
const program = basename(process.argv[1] ?? 'xinetd-ts', '.js');

// Node starts its debugger on SIGUSR1, our dump signal, until somebody listens for it.
process.on('SIGUSR1', () => {});

void main(process.argv.slice(2)).then((code) => {
  if (code !== undefined) process.exit(code);
});

/** Resolves to the exit code, or to undefined for a daemon that goes on. */
async function main(words: readonly string[]): Promise<number | undefined> {
  const command = commandNamed(words);
  if (command !== undefined) return command(words, program);
  const scanned = scanOptions(words);
  if (scanned.kind === 'usage') return say(usageLine(program), EXIT_FAILURE);
  const { options } = scanned;
  for (const notice of options.notices) say(notice, EXIT_OK);
  return run({ ...options, configPath: resolve(options.configPath) });
}

async function run(options: DaemonOptions): Promise<number | undefined> {
  switch (options.mode) {
    case 'version':
      return say(versionLine(), EXIT_OK);
    case 'test':
      return testConfiguration(options);
    case 'show':
      return showConfiguration(options);
    case 'run':
      return runDaemon(options, { program, version: VERSION, features: FEATURES });
  }
}

/** One line for people, at once: nothing may be lost when the process ends. */
function say(line: string, code: number): number {
  writeSync(2, `${line}\n`);
  return code;
}
