// The entry point: the command line decides what runs. Kept light: whatever is heavy is loaded by the command that needs it.

import { writeSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { nearest } from '../config/nearest.ts';
import { isDetachedChild } from '../daemon/detach.ts';
import { runDaemon } from '../daemon/run.ts';
import { COMMAND_WORDS, commandNamed } from './commands.ts';
import { EXIT_FAILURE, EXIT_OK } from './exit-codes.ts';
import { scanOptions, usageLine } from './options.ts';
import type { DaemonOptions } from './options.ts';
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
  const notices = scanned.kind === 'usage' ? scanned.notices : scanned.options.notices;
  if (!isDetachedChild()) for (const notice of notices) say(notice, EXIT_OK);
  if (scanned.kind === 'usage') return usage(scanned.stray);
  const { options } = scanned;
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

function usage(stray: string | undefined): number {
  const command = stray === undefined ? undefined : nearest(stray, COMMAND_WORDS);
  if (command !== undefined) say(`${program}: no such command: ${stray}, did you mean ${command}?`, EXIT_FAILURE);
  return say(usageLine(program), EXIT_FAILURE);
}

/** One line for people, at once: nothing may be lost when the process ends. */
function say(line: string, code: number): number {
  writeSync(2, `${line}\n`);
  return code;
}
