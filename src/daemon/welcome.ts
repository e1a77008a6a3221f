// Between the verdict and its consequence: a caller who is let in may first be greeted and identified, one who is refused may
// hear why. Meanwhile the former counts like a running server, so that waiting is no way around a limit.

import type { Verdict } from '../policy/verdict.ts';
import { greet } from './greet.ts';
import type { Caller } from './greet.ts';
import { identify, identifyRefused, mustIdentify } from './identify.ts';
import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

/** Greets and identifies, then serves, at once where there is nothing to wait for. */
export function welcome(premises: Premises, operation: ServiceInOperation, caller: Caller, serve: () => void): void {
  const isIdentified = mustIdentify(operation);
  const isGreeted = operation.service.config.banner_success !== undefined || caller.preface !== undefined;
  if (!isIdentified && !isGreeted) return serve();
  const leave = premises.waiting.count(operation.key, caller.source.plain);
  const serveAfter = (): void => {
    leave();
    serve();
  };
  const next = isIdentified ? () => void askFirst(premises, operation, caller, { serveAfter, leave }) : serveAfter;
  greet(premises, operation, caller, { banner: 'banner_success', next, onLost: leave });
}

async function askFirst(
  premises: Premises,
  operation: ServiceInOperation,
  caller: Caller,
  ways: { readonly serveAfter: () => void; readonly leave: () => void },
): Promise<void> {
  const mayPass = await identify(premises, operation, caller);
  if (mayPass && !operation.isRetired) return ways.serveAfter();
  ways.leave();
  caller.connection.close();
}

/** Says why, asks who it was, and closes. */
export function dismiss(
  premises: Premises,
  operation: ServiceInOperation,
  caller: Caller,
  { stage }: Extract<Verdict, { kind: 'deny' }>,
): void {
  const { connection } = caller;
  const isEarly = stage === 'before-fork' || !operation.equipment.isForking;
  const isAsked = isEarly && operation.service.config.log_on_failure.includes('USERID');
  const next = (): void => {
    if (!isAsked) return connection.close();
    void identifyRefused(premises, operation, caller).finally(() => connection.close());
  };
  greet(premises, operation, caller, { banner: 'banner_fail', next });
}
