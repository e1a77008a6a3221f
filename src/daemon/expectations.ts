// Do the services do what the access tests in their blocks expect? Asked by `-t`, never by the daemon. Pure.

import type { Diagnostic } from '../config/diagnostic.ts';
import { expectationsOf } from '../config/expectations.ts';
import type { Expectation } from '../config/expectations.ts';
import type { Service } from '../config/service.ts';
import { explainAccess } from './explain.ts';

/** A finding for each access test that fails or cannot be read. */
export function failedExpectations(services: readonly Service[]): readonly Diagnostic[] {
  return services.flatMap((service) => {
    const { expectations, diagnostics } = expectationsOf(service);
    const failures = expectations.flatMap((expectation) => failure(service, expectation) ?? []);
    return [...diagnostics, ...failures].toSorted((left, right) => startOf(left) - startOf(right));
  });
}

function startOf({ span }: Diagnostic): number {
  return span?.start ?? 0;
}

function failure(service: Service, expectation: Expectation): Diagnostic | undefined {
  const { isAllowed, address, span } = expectation;
  const answer = explainAccess(service, expectation);
  if (answer === undefined) return { code: 'XC261', args: [`"${address}" is no address`], span };
  if (answer.isAllowed === isAllowed) return undefined;
  const { rule, because } = answer;
  const wanted = isAllowed ? 'allow' : 'deny';
  const related = rule === undefined ? {} : { related: [{ span: rule, message: 'this decides' }] };
  return { code: 'XC260', args: [service.config.id, wanted, address, because], span, ...related };
}
