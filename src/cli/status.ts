// `xinetd-ts status [--watch]`: what the running daemon does, once or again every second until it is interrupted.

import { setTimeout as sleep } from 'node:timers/promises';
import { askDaemon } from './control-client.ts';
import { EXIT_OK } from './exit-codes.ts';
import { statusText } from './status-view.ts';
import type { DaemonStatus } from './status-view.ts';
import { tell } from './tell.ts';
import type { TellOptions } from './tell.ts';

export interface StatusOptions extends TellOptions {
  readonly isWatching: boolean;
}

const EVERY_MS = 1000;
const ENTER_SCREEN = '\x1b[?1049h\x1b[?25l';
const LEAVE_SCREEN = '\x1b[?25h\x1b[?1049l';
/** Cursor home; the rest of each line and of the screen is cleared as it is written. */
const HOME = '\x1b[H';

/** Prints the status; resolves to an exit code. */
export async function status(options: StatusOptions): Promise<number> {
  if (!options.isWatching) return once(options, Infinity);
  if (options.isJson || !process.stdout.isTTY) return repeat(() => once(options, Infinity));
  const leave = (): void => void process.stdout.write(LEAVE_SCREEN);
  process.stdout.write(ENTER_SCREEN);
  process.once('exit', leave);
  process.once('SIGINT', () => process.exit(EXIT_OK));
  process.once('SIGTERM', () => process.exit(EXIT_OK));
  return repeat(() => redraw(options));
}

async function once(options: StatusOptions, rows: number): Promise<number> {
  const asked = await askDaemon({ request: 'status' }, options.control);
  return tell(asked, options, (result) => view(result, rows));
}

/** A daemon that is being restarted is waited for. */
async function redraw(options: StatusOptions): Promise<number> {
  const { rows, columns } = process.stdout;
  const asked = await askDaemon({ request: 'status' }, options.control);
  const text = asked.kind === 'answered' ? view(asked.result, rows - 1) : `${asked.error}\n`;
  const lines = text.split('\n').map((line) => `${line.slice(0, columns)}\x1b[K`);
  process.stdout.write(`${HOME}${lines.join('\n')}\x1b[J`);
  return EXIT_OK;
}

async function repeat(show: () => Promise<number>): Promise<number> {
  for (let code = await show(); ; code = await show()) {
    if (code !== EXIT_OK) return code;
    await sleep(EVERY_MS);
  }
}

function view(result: unknown, rows: number): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the daemon answers to this request
  return statusText(result as DaemonStatus, rows);
}
