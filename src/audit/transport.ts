// The way of the daemon's own messages through winston: a logger with the daemon's levels and a transport of ours
// over the sink of `program-log.ts`. winston is loaded when asked for, after the services are up, because loading it
// costs more than the rest of a start. Delivery is synchronous, so order is that of the calls.

import type { Writable } from 'node:stream';
import type { Severity } from '../config/diagnostic.ts';

/** One message. */
export interface ProgramMessage {
  readonly level: Severity;
  /** The word that `-d` lines show in braces. */
  readonly func: string;
  /** A byte string. */
  readonly text: string;
}

/** Most severe first. */
export const PROGRAM_LEVELS: Readonly<Record<Severity, number>> = {
  critical: 0,
  error: 1,
  warning: 2,
  notice: 3,
  info: 4,
  debug: 5,
};

/** As far as it is used here; winston's typings do not cover the file that is loaded. */
type CreateLogger = (options: {
  readonly levels: Readonly<Record<string, number>>;
  readonly level: string;
  readonly format: { readonly transform: (info: ProgramMessage) => ProgramMessage };
  readonly transports: readonly Writable[];
}) => { readonly log: (info: ProgramMessage & { readonly message: string }) => void };

/**
 * Loads winston and puts it between the caller and `write`. Only its core: the transports it ships for files, HTTP and the
 * console would stay in memory for nothing. Rejects where it cannot be loaded.
 */
export async function throughWinston(
  write: (message: ProgramMessage) => void,
): Promise<(message: ProgramMessage) => void> {
  const [{ Writable: Stream }, core] = await Promise.all([
    import('node:stream'),
    // @ts-expect-error -- without typings
    import('winston/lib/winston/create-logger.js'),
  ]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see CreateLogger
  const createLogger = (core as { readonly default: CreateLogger }).default;
  const sink = new Stream({
    objectMode: true,
    write: (info: ProgramMessage, _encoding, done) => {
      write(info);
      done();
    },
  });
  const logger = createLogger({
    levels: PROGRAM_LEVELS,
    level: 'debug',
    format: { transform: (info) => info },
    // winston asks a transport for its `log`, though it writes to the stream.
    transports: [Object.assign(sink, { log: ignore })],
  });
  return (message) => {
    logger.log({ level: message.level, message: message.text, func: message.func, text: message.text });
  };
}

function ignore(): void {
  // Never called.
}
