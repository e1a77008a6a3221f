// `xinetd-ts completion SHELL` prints the script of a shell; and the answer to what such a script asks: services of the
// configuration, attributes and codes where a command names them, else what yargs knows of commands and their options.

import type { Arguments, Argv } from 'yargs';
import { attributeNames } from '../config/attributes/index.ts';
import { CODES } from '../config/codes.ts';
import { SHELLS, completionScript } from './completion-scripts.ts';
import { EXIT_OK } from './exit-codes.ts';
import { loadNamed } from './test-config.ts';
import { writeWhole } from './write-whole.ts';

const STDOUT = 1;
const USUAL_CONFIG = '/etc/xinetd.conf';

type Usual = () => void;
type Done = (found: string[]) => void;

/** Adds `completion`; `onExit` is told the exit code. */
export function describeCompletion(parser: Argv, onExit: (code: number) => void): Argv {
  return parser
    .command(
      'completion <shell>',
      'Print the script that teaches a shell to complete this command line.',
      (words) => words.positional('shell', { choices: SHELLS, demandOption: true }),
      ({ shell }) => {
        writeWhole(STDOUT, completionScript(shell));
        onExit(EXIT_OK);
      },
    )
    .completion('yargs-completion', false, (current: string, words: Arguments, usual: Usual, done: Done) => {
      const names = namesFor(current, words._.map(String), words['f']);
      if (names === undefined) usual();
      else done([...names]);
    });
}

/** `words`: the program, the command and its operands so far, the word being written last if it is no option. */
function namesFor(current: string, words: readonly string[], file: unknown): readonly string[] | undefined {
  const operands = words.slice(2);
  if (words[1] !== 'explain' || current.startsWith('-') || operands.filter((each) => each !== current).length > 0)
    return undefined;
  const config = loadNamed(typeof file === 'string' ? file : USUAL_CONFIG, false);
  const services = config.services.map((service) => service.config.id);
  return [...services, ...attributeNames('service'), ...Object.keys(CODES)];
}
