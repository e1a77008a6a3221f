// The daemon's own log follows a rotation, as those of the services do. differs: D48, the reference's never does.

import type { ProgramLog } from '../audit/program-log.ts';
import { SystemError } from '../native/system-error.ts';
import type { Premises } from './premises.ts';

/** Opens the file of -filelog again; where that fails the old one stays, and says so. */
export function reopenLog(programLog: ProgramLog, log: Premises['log']): void {
  try {
    programLog.reopen();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    log('error', 'hard_reconfig', `open( ${error.subject} ) failed: ${error.described}`);
  }
}
