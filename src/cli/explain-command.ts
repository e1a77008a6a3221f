// The words of `xinetd-ts explain` as yargs reads them. Addresses and times stay text: yargs would make numbers of some.

import type { Argv } from 'yargs';
import { explainCaller, explainWord } from './explain.ts';
import type { DaemonChoice } from './live-facts.ts';
import { writeWhole } from './write-whole.ts';

const STDOUT = 1;
const STDERR = 2;

/** Adds `explain`; `onExit` is told the exit code. */
export function describeExplain(parser: Argv, onExit: (code: number) => void): Argv {
  return parser.command(
    'explain <what> [address]',
    'Say whether a service admits an address, and why; or what an attribute or a code means.',
    (explain) =>
      explain
        .positional('what', { type: 'string', demandOption: true, describe: 'Service; or attribute or code, alone.' })
        .positional('address', {
          type: 'string',
          describe: 'Address of the caller; uid:1000,gid:100 on a unix socket.',
        })
        .option('f', { type: 'string', default: '/etc/xinetd.conf', describe: 'Configuration file.' })
        .option('name', { type: 'string', describe: "The caller's host name, taken as confirmed." })
        .option('via', { type: 'string', describe: 'Address of the proxy, for a service with proxy_from.' })
        .option('at', { type: 'string', describe: 'Time of day, HH:MM; now without it.' })
        .option('inetd_compat', { type: 'boolean', default: false, describe: 'Read /etc/inetd.conf too.' })
        .option('control', { type: 'string', describe: 'Control socket of the daemon.' })
        .option('offline', { type: 'boolean', default: false, describe: 'Look at the files alone.' })
        .option('json', { type: 'boolean', default: false, describe: 'Print the answer as JSON.' })
        .strict(),
    async ({ what, address, f, name, via, at, json, inetd_compat, control, offline }) => {
      const daemon = daemonChoice(control, offline);
      const options = { configPath: f, name, via, at, isJson: json, isInetdCompatible: inetd_compat, daemon };
      const said = address === undefined ? explainWord(what) : await explainCaller(what, address, options);
      writeWhole(said.isComplaint ? STDERR : STDOUT, said.text);
      onExit(said.code);
    },
  );
}

function daemonChoice(control: string | undefined, isOffline: boolean): DaemonChoice {
  if (isOffline) return { kind: 'nobody' };
  return control === undefined ? { kind: 'usual' } : { kind: 'at', path: control };
}
