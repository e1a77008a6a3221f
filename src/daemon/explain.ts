// Would this caller be served? Answered from the configuration alone, by the very checks the daemon runs, in sentences.
// Nothing runs, nobody is banned and nothing is looked up: times and names are what the question says. Pure.

import type { Service } from '../config/service.ts';
import type { Span } from '../config/source.ts';
import { endpointOf } from '../net/endpoint.ts';
import { compileAccess, needsHostName } from '../policy/address.ts';
import { NO_RATE } from '../policy/cps.ts';
import { explain } from '../policy/explain.ts';
import type { CheckResult, Explanation } from '../policy/explain.ts';
import type { PolicyRequest } from '../policy/request.ts';
import { sourceOf } from '../policy/source.ts';
import type { Source } from '../policy/source.ts';
import { plainAddress, sourceOfText } from './plain-address.ts';
import { saysOf } from './explain-words.ts';

export interface AccessQuestion {
  readonly address: string;
  /** Taken as confirmed; undefined: the caller's name cannot be found. */
  readonly hostName?: string | undefined;
  /** Minutes since midnight; undefined: some time at which the service is open. */
  readonly minute?: number | undefined;
}

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

/** Answers for one service; undefined when the address is none. */
export function explainAccess(service: Service, question: AccessQuestion): AccessAnswer | undefined {
  const address = plainAddress(question.address);
  if (address === undefined) return undefined;
  const request = requestOf(service, question, address);
  const explanation = explain(request);
  const checks = explanation.results.map((result) => ({
    name: result.name,
    isPassed: result.isPassed,
    says: saysOf(result, request, explanation),
  }));
  const denying = checks.find(({ isPassed }) => !isPassed);
  const access = checks.find(({ name }) => name === 'access');
  return {
    isAllowed: explanation.verdict.kind === 'allow',
    address,
    because: (denying ?? access)?.says ?? '',
    rule: decidingRule(explanation, service),
    checks,
  };
}

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

function requestOf(service: Service, { hostName, minute }: AccessQuestion, address: string): PolicyRequest {
  const { config } = service;
  const access = compileAccess(config);
  const source = sourceFor(service, address);
  const isNameless = hostName === undefined && needsHostName(access, source);
  return {
    service,
    access,
    source,
    nowMs: 0,
    localMinute: minute ?? config.access_times?.[0]?.startMinute ?? 0,
    load: undefined,
    runningServers: 0,
    runningFromSource: 0,
    trackedServers: 0,
    processLimit: Infinity,
    rate: NO_RATE,
    hostName:
      hostName !== undefined ? { kind: 'known', name: hostName } : { kind: isNameless ? 'unknown' : 'unneeded' },
  };
}

/** As the service's own socket would show the caller; undefined where the server accepts the connection itself. */
function sourceFor({ config }: Service, address: string): Source | undefined {
  const endpoint = endpointOf(config);
  if (endpoint?.arrival === 'listener') return undefined;
  const plain = sourceOfText(address);
  const isMapped = plain.family === 4 && endpoint?.spec.family === 'ipv6' && !endpoint.spec.isV6Only;
  return isMapped ? sourceOf(6, 0, `::ffff:${address}`, [0, 0, 0xffff, plain.words[0]]) : plain;
}
