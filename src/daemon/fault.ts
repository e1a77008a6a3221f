// The last handler: an error that nobody owned is our bug. The daemon says what it knows and ends; a fresh program follows
// (crash-restart.ts), or a supervisor starts one. Running servers live on.

import type { Premises } from './premises.ts';

/** Installs the handlers; `end` flushes the logs and exits. */
export function watchFaults(log: Premises['log'], end: (code: number) => void): void {
  const onFault = (error: unknown): void => {
    const facts = error instanceof Error ? (error.stack ?? error.message) : String(error);
    for (const line of facts.split('\n')) log('critical', 'fault', line.trim());
    end(1);
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
}
