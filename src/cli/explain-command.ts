// The words of `xinetd-ts explain` as yargs reads them. Addresses and times stay text: yargs would make numbers of some.

import { writeSync } from 'node:fs';
import type { Argv } from 'yargs';
import { explainCaller, explainWord } from './explain.ts';
import type { Said } from './explain.ts';

/** Adds `explain`; `onExit` is told the exit code. */
export function describeExplain(parser: Argv, onExit: (code: number) => void): Argv {
  return parser.command(
    'explain <what> [address]',
    'Say whether a service admits an address, and why; or what an attribute or a code means.',
    (explain) =>
      explain
        .positional('what', { type: 'string', demandOption: true, describe: 'Service; or attribute or code, alone.' })
        .positional('address', { type: 'string', describe: 'Address of the caller.' })
        .option('f', { type: 'string', default: '/etc/xinetd.conf', describe: 'Configuration file.' })
        .option('name', { type: 'string', describe: "The caller's host name, taken as confirmed." })
        .option('at', { type: 'string', describe: 'Time of day, HH:MM; now without it.' })
        .option('json', { type: 'boolean', default: false, describe: 'Print the answer as JSON.' })
        .strict(),
    ({ what, address, f, name, at, json }) => {
      const options = { configPath: f, name, at, isJson: json };
      const said = address === undefined ? explainWord(what) : explainCaller(what, address, options);
      print(said);
      onExit(said.code);
    },
  );
}

/** Whole, also into a pipe that takes less at a time. */
function print({ text, isComplaint }: Said): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length;) at += writeSync(isComplaint ? 2 : 1, bytes, at);
}
