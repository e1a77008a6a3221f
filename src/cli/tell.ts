// What the commands that ask the daemon have in common: where to ask, how to print the answer, the exit code.

import type { Asked } from './control-client.ts';
import { EXIT_FAILURE, EXIT_NO_DAEMON, EXIT_OK } from './exit-codes.ts';

/** What the command line says. */
export interface TellOptions {
  /** Path of the control socket; undefined: the usual one. */
  readonly control: string | undefined;
  readonly isJson: boolean;
}

/** Prints an answer, as JSON or as `show` has it, or why there is none; returns an exit code. */
export function tell(asked: Asked, options: TellOptions, show: (result: unknown) => string = () => ''): number {
  if (asked.kind === 'answered') {
    process.stdout.write(options.isJson ? `${JSON.stringify(asked.result)}\n` : show(asked.result));
    return EXIT_OK;
  }
  process.stderr.write(`${asked.error}\n`);
  return asked.kind === 'refused' ? EXIT_FAILURE : EXIT_NO_DAEMON;
}

/** `1h 5m 0s`, from the first part that is not zero. */
export function duration(seconds: number): string {
  const parts = [`${Math.floor(seconds / 3600)}h`, `${Math.floor((seconds % 3600) / 60)}m`, `${seconds % 60}s`];
  return parts.slice(seconds >= 3600 ? 0 : seconds >= 60 ? 1 : 2).join(' ');
}
