// The front door of policy: one request in, one verdict out, with the reason and the rule behind it.
// Pure and total. The checks stand in the reference's order and the first denial wins; `stage` only labels where
// the reference would have refused, which is what the audit transcript is written from (audit/transcript.ts).

import { accessCheck } from './address.ts';
import { countRequest, cpsCheck } from './cps.ts';
import type { RateState } from './cps.ts';
import { libwrapCheck } from './hosts-access.ts';
import { instancesCheck, perSourceCheck, processLimitCheck } from './limits.ts';
import { loadCheck } from './load.ts';
import { proxyCheck } from './proxies.ts';
import type { PolicyRequest } from './request.ts';
import { sensorCheck } from './sensor.ts';
import { sourceRateAfter, perSourceCpsCheck } from './source-rate.ts';
import { timesCheck } from './times.ts';
import type { CheckStage, Denial, Grant, Verdict } from './verdict.ts';

interface Check {
  readonly name: string;
  readonly stage: CheckStage;
  /** `rate` already counts this request. */
  readonly check: (request: PolicyRequest, rate: RateState) => Denial | Grant | undefined;
}

/**
 * Every check, in the order of the reference. Two are ours: per_source_cps goes first, which keeps a flooder out of the count;
 * proxy_from is about the peer itself and stands before what is about the caller. Only the last may grant.
 */
export const CHECKS = [
  { name: 'per_source_cps', stage: 'before-fork', check: perSourceCpsCheck },
  { name: 'cps', stage: 'before-fork', check: cpsCheck },
  { name: 'max_load', stage: 'before-fork', check: loadCheck },
  { name: 'access_times', stage: 'before-fork', check: timesCheck },
  { name: 'instances', stage: 'before-fork', check: instancesCheck },
  { name: 'per_source', stage: 'before-fork', check: perSourceCheck },
  { name: 'limit', stage: 'before-fork', check: processLimitCheck },
  { name: 'proxy_from', stage: 'after-fork', check: proxyCheck },
  { name: 'sensor', stage: 'after-fork', check: sensorCheck },
  { name: 'access', stage: 'after-fork', check: accessCheck },
  { name: 'libwrap', stage: 'after-fork', check: libwrapCheck },
] as const satisfies readonly Check[];

export type CheckName = (typeof CHECKS)[number]['name'];

/** The verdict, and the rate the service has to remember. */
export interface Decision {
  readonly verdict: Verdict;
  readonly rate: RateState;
  /** What to remember of the source; undefined: nothing new. */
  readonly sourceRate: RateState | undefined;
}

const ALLOW: Verdict = { kind: 'allow', notes: [] };

/** May this connection be served? */
export function decide(request: PolicyRequest): Decision {
  const rate = rateAfter(request);
  const sourceRate = sourceRateAfter(request);
  for (const { name, stage, check } of CHECKS) {
    const finding: Denial | Grant | undefined = check(request, rate);
    if (finding === undefined) continue;
    return { verdict: 'reason' in finding ? deny(name, stage, finding) : grant(finding), rate, sourceRate };
  }
  return { verdict: ALLOW, rate, sourceRate };
}

/** The rate with this request in it, unless it is one flooder's too many. */
export function rateAfter(request: PolicyRequest): RateState {
  const { rate, service, nowMs, isCounted } = request;
  if (isCounted === true || perSourceCpsCheck(request) !== undefined) return rate;
  return countRequest(rate, service.config.cps, nowMs);
}

function grant({ effects, step }: Grant): Verdict {
  return step === undefined ? { kind: 'allow', notes: [], effects } : { kind: 'ask', notes: [], step };
}

function deny(by: CheckName, stage: CheckStage, denial: Denial): Verdict {
  return {
    kind: 'deny',
    reason: denial.reason,
    by,
    stage,
    notes: denial.notes ?? [],
    ...(denial.rule === undefined ? {} : { rule: denial.rule }),
    ...(denial.disableSeconds === undefined ? {} : { disableSeconds: denial.disableSeconds }),
  };
}
