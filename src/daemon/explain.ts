// Would this caller be served? Answered by the very checks the daemon runs, in sentences: from the configuration, and where
// the question brings them from hosts.allow and hosts.deny and from what a running daemon says. Nothing is looked up: times
// and names are what the question says. Pure.

import type { Service } from '../config/service.ts';
import type { Span } from '../config/source.ts';
import { explain } from '../policy/explain.ts';
import type { CheckResult, Explanation } from '../policy/explain.ts';
import { requestOf } from './explain-request.ts';
import type { AccessQuestion } from './explain-request.ts';
import { saysOf } from './explain-words.ts';
import { plainCaller } from './plain-address.ts';

export interface AccessAnswer {
  readonly isAllowed: boolean;
  /** The plain address. */
  readonly address: string;
  /** The sentence that decides. */
  readonly because: string;
  /** The attribute or word that decides; undefined where nobody wrote it. */
  readonly rule: Span | undefined;
  /** In the order in which they are asked. */
  readonly checks: readonly { readonly name: string; readonly isPassed: boolean; readonly says: string }[];
}

/** Answers for one service; undefined when the address is none, or none that its callers can have. */
export function explainAccess(service: Service, question: AccessQuestion): AccessAnswer | undefined {
  const address = plainCaller(question.address);
  const isUnix = service.config.socket_path !== undefined;
  if (address === undefined || isUnix !== address.startsWith('uid:')) return undefined;
  const request = requestOf(service, question, address);
  const explanation = explain(request);
  const checks = explanation.results.map((result) => ({
    name: result.name,
    isPassed: result.isPassed,
    says: saysOf(result, { request, explanation, live: question.live }),
  }));
  const isOff = question.live?.state === 'disabled';
  const denying = isOff ? OFF : checks.find(({ isPassed }) => !isPassed);
  const access = checks.find(({ name }) => name === 'access');
  return {
    isAllowed: !isOff && explanation.verdict.kind === 'allow',
    address,
    because: (denying ?? access)?.says ?? '',
    rule: decidingRule(explanation, service),
    checks,
  };
}

const OFF = { says: 'the service is off for a while, since it was called too often (cps)' };

function decidingRule({ verdict, results, admittedBy }: Explanation, { origins }: Service): Span | undefined {
  if (verdict.kind !== 'deny') return admittedBy?.span;
  return verdict.rule ?? placeOf(results, origins);
}

/** A denial that names no word, by an attribute of the same name as its check. */
function placeOf(
  results: readonly CheckResult[],
  origins: Readonly<Record<string, { span?: Span }>>,
): Span | undefined {
  const denying = results.find(({ isPassed }) => !isPassed);
  return denying === undefined ? undefined : origins[denying.name]?.span;
}
