// Commands and `--options`, beside xinetd's own single-dash ones: yargs reads these, and is loaded only for them.

import type { Argv } from 'yargs';
import { describeBans } from './bans-command.ts';
import { describeConvert } from './convert-command.ts';
import { describeControlCommands } from './control-commands.ts';
import { demo } from './demo.ts';
import { describeExplain } from './explain-command.ts';
import { EXIT_OK } from './exit-codes.ts';
import { OPTIONS } from './options.ts';
import { VERSION } from './version.ts';

type Command = (words: readonly string[], program: string) => Promise<number | undefined>;

const HELP_WORDS: readonly string[] = ['--help', '-h', 'help'];
const COMMAND_WORDS: readonly string[] = [
  'demo',
  'bans',
  'convert',
  'explain',
  'reload',
  'status',
  'upgrade',
  '--version',
];

/** The command a command line begins with, if it is not xinetd's own kind. */
export function commandNamed(words: readonly string[]): Command | undefined {
  const first = words[0] ?? '';
  return words.some((word) => word === '--help') || HELP_WORDS.includes(first) || COMMAND_WORDS.includes(first)
    ? run
    : undefined;
}

const run: Command = async (words, program) => {
  const { default: yargs } = await import('yargs');
  let code: number | undefined = EXIT_OK;
  const onExit = (exitCode: number): void => void (code = exitCode);
  const cli = [describeBans, describeConvert, describeExplain, describeControlCommands].reduce(
    (described, describe) => describe(described, onExit),
    yargs([...words])
      .scriptName(program)
      .parserConfiguration({ 'short-option-groups': false }),
  );
  const parser = describeOptions(cli)
    .usage('$0 [options]    run the daemon\n$0 <command>    do something else')
    .command('demo', 'Serve etc/demo.conf on loopback: built-in services and real programs to try.', {}, async () => {
      code = await demo(program);
    })
    .version(VERSION)
    .help()
    .strictCommands();
  await parser.parseAsync();
  return code;
};

/** The classic options are described for `--help`; their own scanner reads them. */
function describeOptions(parser: Argv): Argv {
  const lines = OPTIONS.map(({ name, value, summary }) => `  ${`${name} ${value ?? ''}`.padEnd(28)}${summary}`);
  return parser.epilogue(`Options of the daemon:\n${lines.join('\n')}`);
}
