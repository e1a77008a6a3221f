// The commands as data: what src/cli tells yargs about them, told to a recorder instead. Pure but for what it calls.

import { describeCommands } from '../cli/commands.ts';

type Argv = Parameters<typeof describeCommands>[0];

export interface CommandEntry {
  /** Words and operands, such as `bans add <address> [minutes]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options: readonly CommandOption[];
}

export interface CommandOption {
  readonly name: string;
  readonly alias: string | undefined;
  readonly isSwitch: boolean;
  readonly summary: string;
}

/** Every command that does something itself, in the order of `--help`. */
export function commandEntries(): readonly CommandEntry[] {
  const recorder = new Recorder('', []);
  describeCommands(recorder.argv, () => {}, 'xinetd-ts');
  return recorder.entries;
}

/** Plays the part of yargs as far as the commands need it; whatever else they call answers with the same object. */
class Recorder {
  readonly entries: CommandEntry[] = [];
  readonly argv: Argv;
  readonly #path: string;
  readonly #options: CommandOption[];

  constructor(path: string, options: readonly CommandOption[]) {
    this.#path = path;
    this.#options = [...options];
    const methods: Readonly<Record<string, (...words: readonly never[]) => void>> = {
      command: this.#command.bind(this),
      option: this.#option.bind(this),
    };
    const proxy: object = new Proxy(this, {
      get:
        (_, name) =>
        (...words: readonly never[]) => {
          methods[String(name)]?.(...words);
          return proxy;
        },
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- answers every method of it
    this.argv = proxy as Argv;
  }

  #command(words: string | readonly string[], summary: string, build: unknown): void {
    const usage = `${this.#path} ${typeof words === 'string' ? words : words[0]}`.trim();
    const inner = new Recorder(usage.replace(/ [<[].*/, ''), this.#options);
    if (typeof build === 'function') build(inner.argv);
    if (inner.entries.length > 0) this.entries.push(...inner.entries);
    else this.entries.push({ usage, summary, options: inner.#options });
  }

  #option(name: string, { alias, type, describe }: Readonly<Record<string, string | undefined>>): void {
    this.#options.push({ name, alias, isSwitch: type === 'boolean', summary: describe ?? '' });
  }
}
