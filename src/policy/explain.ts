// Why a request would be served or not: every check with what it says, not only the first that denies.
// Pure. The verdict is `decide`'s own; the checks are the same array, so that the two cannot disagree.

import type { AddressPattern } from '../config/attributes/values.ts';
import type { Span } from '../config/source.ts';
import { accessRules } from './address.ts';
import { CHECKS, decide, rateAfter } from './decide.ts';
import type { CheckName } from './decide.ts';
import type { PolicyRequest } from './request.ts';
import type { Denial, DenyReason, Grant, Verdict } from './verdict.ts';

/** What one check says. */
export interface CheckResult {
  readonly name: CheckName;
  readonly isPassed: boolean;
  readonly reason?: DenyReason;
  readonly rule?: Span;
}

export interface Explanation {
  readonly verdict: Verdict;
  /** In the order in which they are asked; the first that is not passed decides. */
  readonly results: readonly CheckResult[];
  /** The word of no_access that speaks against the source. */
  readonly refusedBy: AddressPattern | undefined;
  /** False: it does so only because the name of the source is unknown. */
  readonly isRefusalCertain: boolean;
  /** The word of only_from that speaks for it. */
  readonly admittedBy: AddressPattern | undefined;
}

/** Asks every check about a request. */
export function explain(request: PolicyRequest): Explanation {
  const { refused, admitted } = accessRules(request);
  return {
    verdict: decide(request).verdict,
    results: resultsOf(request),
    refusedBy: refused?.pattern,
    isRefusalCertain: refused?.isCertain === true,
    admittedBy: admitted,
  };
}

function resultsOf(request: PolicyRequest): readonly CheckResult[] {
  const rate = rateAfter(request);
  return CHECKS.map(({ name, check }) => {
    const finding: Denial | Grant | undefined = check(request, rate);
    if (finding === undefined || !('reason' in finding)) return { name, isPassed: true };
    const { reason, rule } = finding;
    return { name, isPassed: false, reason, ...(rule === undefined ? {} : { rule }) };
  });
}
