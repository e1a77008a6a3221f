// Commands that are not servers: those that rules of hosts.allow and hosts.deny name, and the rehearsal of an upgrade. They run
// beside the daemon and are waited for without blocking, a minute at most; they count nowhere and leave no audit line.

import { closeSync, openSync } from 'node:fs';
import type { LaunchPlan } from '../launch/plan.ts';
import type { Ending } from '../launch/reaper.ts';
import { launch, launchProfile } from '../native/binding.ts';

const LONGEST_MS = 60_000;

/** The commands that run. */
export class ShellCommands {
  readonly #running = new Map<number, (isSuccess: boolean) => void>();

  /** Starts a command with `/dev/null`; the answer is whether it ended with status 0, undefined where that took too long. Throws SystemError when it cannot be started. */
  start(plan: LaunchPlan): Promise<boolean | undefined> {
    const nothing = openSync('/dev/null', 'r+');
    try {
      return this.startWith(plan, nothing);
    } finally {
      closeSync(nothing);
    }
  }

  /** The same with `fd`, which stays the caller's, as input and output. */
  startWith(plan: LaunchPlan, fd: number): Promise<boolean | undefined> {
    return this.#end(launch(launchProfile(plan), fd, []));
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
