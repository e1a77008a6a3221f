// The words of `reload`, `status` and `upgrade` as yargs reads them.

import type { Argv } from 'yargs';
import { reload } from './reload.ts';
import { status } from './status.ts';
import { upgrade } from './upgrade.ts';

/** Adds the commands; `onExit` is told the exit code. */
export function describeControlCommands(parser: Argv, onExit: (code: number) => void): Argv {
  return parser
    .command(
      'reload',
      'Read the configuration again, and say what that changes.',
      (words) =>
        withSocket(words).option('dry-run', { type: 'boolean', default: false, describe: 'Say it, change nothing.' }),
      async ({ control, json, dryRun }) => {
        onExit(await reload({ control, isJson: json, isDryRun: dryRun }));
      },
    )
    .command(
      'status',
      'What the daemon does: services, limits, refusals, running servers.',
      (words) =>
        withSocket(words).option('watch', { type: 'boolean', default: false, describe: 'Again every second.' }),
      async ({ control, json, watch }) => {
        onExit(await status({ control, isJson: json, isWatching: watch }));
      },
    )
    .command(
      'upgrade',
      'Replace the running daemon by the program that is installed now; nobody is refused, running servers live on.',
      (words) => withSocket(words),
      async ({ control, json }) => {
        onExit(await upgrade({ control, isJson: json }));
      },
    );
}

function withSocket<T>(words: Argv<T>) {
  return words
    .option('control', { type: 'string', describe: 'Control socket of the daemon.' })
    .option('json', { type: 'boolean', default: false, describe: 'Print the answer as JSON.' });
}
