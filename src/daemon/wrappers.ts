// hosts.allow and hosts.deny in the running daemon: the facts that a decision by them needs, and the steps that their rules
// ask for (commands, banners). What they mean is policy/hosts-access.ts; the files are hosts-files.ts.

import { planShell } from '../launch/change.ts';
import { keepAlive, linger, sendNow } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import type { WrapperFacts } from '../policy/hosts-access.ts';
import { isSilent } from '../policy/hosts-access-parse.ts';
import type { HostsTables } from '../policy/hosts-access-parse.ts';
import type { WrapperEffects, WrapperStep } from '../policy/hosts-effects.ts';
import type { HostName } from '../policy/request.ts';
import type { Verdict } from '../policy/verdict.ts';
import { localEnd } from './local-end.ts';
import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

/** What has been found out for the wrappers' sake. */
export interface WrapperFindings {
  readonly tables?: HostsTables;
  readonly serverName?: HostName;
  readonly answers: readonly boolean[];
}

/** The facts for a decision; undefined where the service does not ask the files. `fd`: of the connection, -1 for none. */
export function wrapperFacts(
  premises: Premises,
  { equipment: { service, wrapping } }: ServiceInOperation,
  fd: number,
  { tables = premises.hosts.latest, serverName, answers }: WrapperFindings,
): WrapperFacts | undefined {
  if (tables === undefined || wrapping === 'never') return undefined;
  if (wrapping === 'by rules' && isSilent(tables.allow) && isSilent(tables.deny)) return undefined;
  const { effectiveUid } = premises.world;
  const server = tables.isServerAsked && fd >= 0 ? localEnd(fd) : undefined;
  const isRoot = effectiveUid === 0 && (service.config.user?.uid ?? 0) === 0;
  return { tables, server, serverName, pid: premises.pid, isRoot, answers };
}

/** Takes a step that a rule asks for; the answer is whether it went well, undefined where the verdict hangs on it and nobody knows. */
export async function takeStep(
  premises: Premises,
  operation: ServiceInOperation,
  step: WrapperStep,
  fd: number,
): Promise<boolean | undefined> {
  if (step.kind === 'banner') await sendBanner(premises, step, fd);
  const answer = step.kind === 'banner' || (await runCommand(premises, operation, step));
  return step.kind === 'command' && step.isDeciding ? answer : true;
}

/** For those who cannot wait: commands are started all the same; undefined where the verdict hangs on one. */
export function answerAtOnce(premises: Premises, operation: ServiceInOperation, step: WrapperStep): true | undefined {
  if (step.kind === 'banner') return true;
  if (step.isDeciding) return undefined;
  void runCommand(premises, operation, step);
  return true;
}

/** The verdict where a rule asks for something that cannot be done. */
export function cannotAsk(operation: ServiceInOperation): Extract<Verdict, { kind: 'deny' }> {
  const text = `service ${operation.id}: aclexec has not come to an end, the request is refused`;
  return { kind: 'deny', reason: 'libwrap', by: 'libwrap', stage: 'after-fork', notes: [{ level: 'error', text }] };
}

/** Options of the connection itself. */
export function applySocketOptions(
  premises: Premises,
  { lingerSeconds, isKeepAlive }: Pick<WrapperEffects, 'lingerSeconds' | 'isKeepAlive'>,
  fd: number,
): void {
  try {
    if (lingerSeconds !== undefined) linger(fd, lingerSeconds);
    if (isKeepAlive === true) keepAlive(fd);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    premises.log('warning', 'libwrap', error.message);
  }
}

async function runCommand(
  premises: Premises,
  { service }: ServiceInOperation,
  step: Extract<WrapperStep, { kind: 'command' }>,
): Promise<boolean | undefined> {
  try {
    return await premises.commands.start(planShell(service.config, premises.world, step));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    premises.log('error', 'libwrap', `/bin/sh: ${error.message}`);
    return undefined;
  }
}

/** Newlines become CR LF. What the connection does not take at once is left out. */
async function sendBanner(
  premises: Premises,
  { path, expand }: Extract<WrapperStep, { kind: 'banner' }>,
  fd: number,
): Promise<void> {
  const text = await premises.banners.files.current(path);
  if (text.kind === 'unreadable') premises.log('warning', 'libwrap', `banner ${path}: ${text.reason}`);
  if (text.kind !== 'text') return;
  const lines = Buffer.from(text.bytes)
    .toString('latin1')
    .split(/(?<=\n)/);
  const expanded = lines.map((line) => expand(line.replace(/\n$/, '\r\n')) ?? '');
  try {
    sendNow(fd, Buffer.from(expanded.join(''), 'latin1'));
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
}
