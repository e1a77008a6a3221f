// Commands and `--options`, beside xinetd's own single-dash ones: yargs reads these, and is loaded only for them.

import type { Argv } from 'yargs';
import { describeBans } from './bans-command.ts';
import { describeCompletion } from './completion-command.ts';
import { ASK } from './completion-scripts.ts';
import { describeControlCommands } from './control-commands.ts';
import { describeConvert } from './convert-command.ts';
import { demo } from './demo.ts';
import { EXIT_OK } from './exit-codes.ts';
import { describeExplain } from './explain-command.ts';
import { OPTIONS } from './options.ts';
import { VERSION } from './version.ts';

type Command = (words: readonly string[], program: string) => Promise<number | undefined>;

const HELP_WORDS: readonly string[] = ['--help', '-h', 'help'];
/** What a command line may begin with instead of options. */
export const COMMAND_WORDS: readonly string[] = [
  'demo',
  'bans',
  'completion',
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
  const isCommand = [...HELP_WORDS, ...COMMAND_WORDS, ASK].includes(first) || words.includes('--help');
  return isCommand ? run : undefined;
}

const run: Command = async (words, program) => {
  const { default: yargs } = await import('yargs');
  let code: number | undefined = EXIT_OK;
  const cli = yargs([...words])
    .scriptName(program)
    .parserConfiguration({ 'short-option-groups': false });
  const described = describeCommands(cli, (exitCode) => void (code = exitCode), program);
  const parser = describeOptions(described)
    .usage('$0 [options]    run the daemon\n$0 <command>    do something else')
    .version(VERSION)
    .help()
    .strictCommands();
  await parser.parseAsync();
  return code;
};

/** Adds every command; `onExit` is told the exit code, or undefined by one that goes on. */
export function describeCommands(cli: Argv, onExit: (code: number | undefined) => void, program: string): Argv {
  return [describeBans, describeCompletion, describeConvert, describeExplain, describeControlCommands]
    .reduce((described, describe) => describe(described, onExit), cli)
    .command('demo', 'Serve etc/demo.conf on loopback: built-in services and real programs to try.', {}, async () => {
      onExit(await demo(program));
    });
}

/** The classic options are described for `--help`; their own scanner reads them. */
function describeOptions(parser: Argv): Argv {
  const lines = OPTIONS.map(({ name, value, summary }) => hanging(`  ${name} ${value ?? ''}`, summary));
  return parser.epilogue(`Options of the daemon:\n${lines.join('\n')}`);
}

const TEXT_COLUMN = 27;
const LINE_WIDTH = 79;

/** A name, and a text beside it in lines of its own column. */
function hanging(name: string, text: string): string {
  const lines: string[] = [];
  let line = name.padEnd(TEXT_COLUMN);
  for (const word of text.split(' ')) {
    if (line.length + word.length >= LINE_WIDTH) {
      lines.push(line);
      line = ' '.repeat(TEXT_COLUMN);
    }
    line = `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
