// The words of `xinetd-ts convert` as yargs reads them.

import type { Argv } from 'yargs';
import { convertInetd, convertSystemd } from './convert.ts';
import { loadNamed } from './test-config.ts';

/** Adds `convert` with its two directions; `onExit` is told the exit code. */
export function describeConvert(parser: Argv, onExit: (code: number) => void): Argv {
  return parser.command('convert', 'Write configuration in another language.', (convert) =>
    convert
      .option('output', {
        alias: 'o',
        type: 'string',
        describe: 'Folder for the files, which must be new; otherwise standard output.',
      })
      .command(
        'inetd [file]',
        'inetd.conf into entries of xinetd.conf.',
        (words) =>
          words.positional('file', {
            type: 'string',
            default: '/etc/inetd.conf',
            describe: 'inetd.conf, or /dev/stdin.',
          }),
        ({ file, output }) => onExit(convertInetd(file, { folder: output, isJson: false })),
      )
      .command(
        'systemd',
        'xinetd.conf into socket and service units of systemd, with a report of what they lose.',
        (words) =>
          words
            .option('f', { type: 'string', default: '/etc/xinetd.conf', describe: 'Configuration file.' })
            .option('inetd_compat', { type: 'boolean', default: false, describe: 'Read /etc/inetd.conf too.' })
            .option('json', { type: 'boolean', default: false, describe: 'Print units and report as JSON.' }),
        ({ f, inetd_compat, json, output }) =>
          onExit(convertSystemd(loadNamed(f, inetd_compat), { folder: output, isJson: json })),
      )
      .demandCommand(1)
      .strict(),
  );
}
