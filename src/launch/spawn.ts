// Carrying out a plan: one compiled profile per service, one process per request.
// Shell; throws SystemError (`clone`) to the caller, who still owns the descriptor. Set-up failures come back with the exit.

import { launch, launchProfile } from '../native/binding.ts';
import type { LaunchProfile } from '../native/binding.ts';
import type { Caller } from './environment.ts';
import { callerEnvironment } from './environment.ts';
import type { LaunchPlan } from './plan.ts';

/** Starts servers of one service; the profile is compiled at the first launch. */
export class Launcher {
  readonly plan: LaunchPlan;
  #profile: LaunchProfile | undefined;

  constructor(plan: LaunchPlan) {
    this.plan = plan;
  }

  /** Starts a server with `fd` as its 0, 1 and 2 and returns its pid; `fd` stays the caller's. */
  start(fd: number, caller: Caller): number {
    this.#profile ??= launchProfile(this.plan);
    return launch(this.#profile, fd, callerEnvironment(caller));
  }
}
