// The way of the daemon's own messages through winston: a logger with the daemon's levels and a transport of ours
// over the sink of `program-log.ts`. winston is loaded when asked for, after the services are up, because loading it
// costs more than the rest of a start. Delivery is synchronous, so order is that of the calls.

import type { LoggerOptions } from 'winston';
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

type WinstonTransport = Exclude<NonNullable<LoggerOptions['transports']>, readonly unknown[]>;

/** Loads winston and puts it between the caller and `write`. */
export async function throughWinston(
  write: (message: ProgramMessage) => void,
): Promise<(message: ProgramMessage) => void> {
  const { default: winston } = await import('winston');
  // winston 3 exports its base class as `Transport`; its typings do not say so.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { Transport } = winston as unknown as { readonly Transport: new () => WinstonTransport };

  class SinkTransport extends Transport {
    override log(info: ProgramMessage, next: () => void): void {
      write(info);
      next();
    }
  }

  const logger = winston.createLogger({
    levels: PROGRAM_LEVELS,
    level: 'debug',
    format: winston.format((info) => info)(),
    transports: [new SinkTransport()],
  });
  return (message) => {
    logger.log({ level: message.level, message: message.text, func: message.func, text: message.text });
  };
}
