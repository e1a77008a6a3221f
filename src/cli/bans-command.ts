// The words of `xinetd-ts bans` as yargs reads them. Addresses stay text: yargs would make numbers of some.

import type { Argv } from 'yargs';
import { addBan, listBans, removeBan } from './bans.ts';
import type { TellOptions } from './tell.ts';

/** Adds `bans` with its verbs; `onExit` is told the exit code. */
export function describeBans(parser: Argv, onExit: (code: number) => void): Argv {
  return parser.command('bans', 'Addresses that every service refuses: list, add, remove.', (bans) =>
    bans
      .option('control', { type: 'string', describe: 'Control socket of the daemon.' })
      .option('json', { type: 'boolean', default: false, describe: 'Print the answer as JSON.' })
      .command(['list', '$0'], 'Print the bans and what is left of them.', {}, async (words) => {
        onExit(await listBans(optionsOf(words)));
      })
      .command(
        'add <address> [minutes]',
        'Ban an address, for ever without minutes.',
        (add) => add.positional('address', ADDRESS).positional('minutes', { type: 'number' }),
        async ({ address, minutes, ...words }) => {
          onExit(await addBan(address, minutes, optionsOf(words)));
        },
      )
      .command(
        'remove <address>',
        'End a ban.',
        (remove) => remove.positional('address', ADDRESS),
        async ({ address, ...words }) => {
          onExit(await removeBan(address, optionsOf(words)));
        },
      )
      .strict(),
  );
}

const ADDRESS = { type: 'string', demandOption: true } as const;

function optionsOf(words: Readonly<Record<string, unknown>>): TellOptions {
  const { control, json } = words;
  return { control: typeof control === 'string' ? control : undefined, isJson: json === true };
}
