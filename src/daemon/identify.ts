// Who calls, as the identity server of the caller's host says (RFC 1413): before a server is started, where log_on_success
// has USERID, and after a refusal, where log_on_failure has it. Source: spec section 6.5.
// Bounded in time and number: a silent identity server delays nobody but its own caller. differs: D77, D78.

import { harmless } from '../audit/harmless.ts';
import { noIdEvents, userIdEvents } from '../audit/transcript.ts';
import type { Requester } from '../audit/transcript.ts';
import { localEndpoint } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import { askIdent } from '../net/ident.ts';
import type { IdentAnswer, Trouble } from '../net/ident-reply.ts';
import { sourceOf } from '../policy/source.ts';
import type { Caller } from './greet.ts';
import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

const FUNC = 'log_remote_user';
/** The reference waits for half a minute, with IDONLY for ever. */
const LIMIT_MS = 4000;
/** Look-ups for callers who are let in, at a time. */
const MOST_SUCCESSES = 256;

/** How many look-ups run; `failures` are bounded by `-logprocs`. */
export class IdentCounts {
  readonly mostFailures: number;
  successes = 0;
  failures = 0;

  constructor(mostFailures: number) {
    this.mostFailures = mostFailures;
  }
}

/** Whether the caller has to be identified before it is served: not by services that the reference serves without a fork. */
export function mustIdentify({ equipment, service: { config } }: ServiceInOperation): boolean {
  return config.log_on_success.includes('USERID') && equipment.isForking && !config.wait;
}

/** Identifies a caller who is let in; false where IDONLY turns it away, which is written down. Never rejects. */
export async function identify(premises: Premises, operation: ServiceInOperation, caller: Caller): Promise<boolean> {
  const answer = await askBounded(premises, caller);
  if (answer.kind === 'known') {
    operation.log?.record(userIdEvents(operation.occasion(requesterOf(caller)), answer.text));
    return true;
  }
  reportTrouble(premises, caller, answer.trouble);
  if (!operation.service.config.flags.includes('IDONLY')) return true;
  operation.log?.record(noIdEvents(operation.occasion(requesterOf(caller)), answer.result, premises.pid));
  return false;
}

/** Writes down who was refused, if it can be learnt; the connection has to stay open until then. Never rejects. */
export async function identifyRefused(
  premises: Premises,
  operation: ServiceInOperation,
  caller: Caller,
): Promise<void> {
  const { idents } = premises;
  if (idents.failures >= idents.mostFailures) return;
  idents.failures += 1;
  const answer = await ask(caller);
  idents.failures -= 1;
  if (answer.kind === 'known') {
    operation.log?.record(userIdEvents(operation.occasion(requesterOf(caller)), answer.text));
    return;
  }
  reportTrouble(premises, caller, answer.trouble);
  if (answer.result === 'no server') return;
  premises.log('error', FUNC, `Failed to contact identity server at ${caller.source.text}: ${answer.result}`);
}

function requesterOf({ connection, source }: Caller): Requester {
  return { source, requestNumber: connection.requestNumber };
}

async function askBounded({ idents }: Premises, caller: Caller): Promise<IdentAnswer> {
  if (idents.successes >= MOST_SUCCESSES) return { kind: 'unknown', result: 'system error' };
  idents.successes += 1;
  const answer = await ask(caller);
  idents.successes -= 1;
  return answer;
}

/** About the connection's own ends, from its own address. */
async function ask({ connection, source }: Caller): Promise<IdentAnswer> {
  try {
    const { family, port, text, words } = localEndpoint(connection.fd);
    const localAddress = sourceOf(family, port, text, words).plain;
    const ports = { peer: source.port, local: port };
    return await askIdent({ localAddress, peerAddress: source.plain, ports, limitMs: LIMIT_MS });
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return { kind: 'unknown', result: 'system error', trouble: { kind: 'message', text: error.message } };
  }
}

function reportTrouble(premises: Premises, { source }: Caller, trouble: Trouble | undefined): void {
  if (trouble === undefined) return;
  const text =
    trouble.kind === 'message'
      ? trouble.text
      : `Bad line received from identity server at ${source.text}: ${harmless(trouble.line)}`;
  premises.log('error', FUNC, text);
}
