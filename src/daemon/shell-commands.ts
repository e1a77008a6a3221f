// Shell commands that rules of hosts.allow and hosts.deny name: run beside the daemon with nothing but /dev/null, and
// waited for without blocking, a minute at most. Not servers: they count nowhere and leave no line in the audit log.

import { closeSync, openSync } from 'node:fs';
import type { Ending } from '../launch/reaper.ts';
import type { LaunchPlan } from '../launch/plan.ts';
import { launch, launchProfile } from '../native/binding.ts';

const LONGEST_MS = 60_000;

/** The commands that run. */
export class ShellCommands {
  readonly #running = new Map<number, (isSuccess: boolean) => void>();

  /** Starts a command; the answer is whether it ended with status 0, undefined where that took too long. Throws SystemError when it cannot be started. */
  start(plan: LaunchPlan): Promise<boolean | undefined> {
    const nothing = openSync('/dev/null', 'r+');
    try {
      const pid = launch(launchProfile(plan), nothing, []);
      return this.#end(pid);
    } finally {
      closeSync(nothing);
    }
  }

  /** A process was reaped; false when it was no command. */
  reaped(pid: number, ending: Ending): boolean {
    const tell = this.#running.get(pid);
    this.#running.delete(pid);
    tell?.(ending.kind === 'exited' && ending.status === 0);
    return tell !== undefined;
  }

  #end(pid: number): Promise<boolean | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), LONGEST_MS);
      this.#running.set(pid, (isSuccess) => {
        clearTimeout(timer);
        resolve(isSuccess);
      });
    });
  }
}
