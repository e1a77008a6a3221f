// The program in this process is replaced by the one that now lies in its place: rehearsal, pause, handover, exec. Listening
// sockets, running servers (they stay our children), counts and bans live on; nobody is refused, those who come meanwhile
// wait in the kernel's queues. What happens inside this process cannot live on: callers not yet decided are waited for, young
// built-in sessions as well, others and relays end. Until exec has succeeded the daemon goes on as it was.

import { closeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { execInPlace, memoryFile } from '../native/binding.ts';
import { monotonicMs } from '../native/monotonic.ts';
import { SystemError } from '../native/system-error.ts';
import { lastRequestNumber } from '../net/request-number.ts';
import { essenceOf, FORMAT, HANDOVER_VARIABLE, REHEARSAL_VARIABLE, writeHandover } from './handover.ts';
import type { HandedServer, HandedService, Handover } from './handover.ts';
import { readRecord } from './memory-record.ts';
import type { Premises } from './premises.ts';
import { commandLine } from './program-call.ts';
import type { ProgramCall } from './program-call.ts';
import type { ServiceInOperation } from './service.ts';
import { stopInternalServers } from './stop.ts';

export interface UpgradeParts {
  readonly premises: Premises;
  readonly call: ProgramCall;
  /** Something else is wanted first. */
  readonly isDisturbed: () => boolean;
  /** Writes all logs. */
  readonly flush: () => void;
}

/** Sessions inside this process are not cut before this age. */
const YOUNG_MS = 500;
/** The longest that callers are kept waiting for others to be decided. */
const PATIENCE_MS = 1000;
const LOOK_MS = 5;
const MOST_WORDS = 4000;

/** Upgrades of one daemon, one at a time. */
export class Upgrade {
  readonly #parts: UpgradeParts;
  #replyFd = (): number => -1;
  #fail: ((reason: string) => void) | undefined;
  #isRehearsing = false;

  constructor(parts: UpgradeParts) {
    this.#parts = parts;
  }

  /**
   * Rehearses, then has `carryOut` called by `begin`. Resolves to why nothing came of it; else the successor answers on
   * `replyFd`, -1 when nobody waits any more.
   */
  async request(replyFd: () => number, begin: () => void): Promise<string> {
    if (this.#isRehearsing || this.#fail !== undefined) return 'an upgrade is under way';
    this.#isRehearsing = true;
    const problem = await rehearse(this.#parts);
    this.#isRehearsing = false;
    if (problem !== undefined) return problem;
    this.#replyFd = replyFd;
    return new Promise((resolve) => {
      this.#fail = resolve;
      begin();
    });
  }

  /** Returns only where it does not succeed; false: something else has to be done first, and then this again. */
  async carryOut(): Promise<boolean> {
    const { premises, isDisturbed } = this.#parts;
    const operations = premises.operations();
    for (const { listener } of operations) listener?.suspend();
    const deadline = monotonicMs() + PATIENCE_MS;
    while (isBusy(premises) && !isDisturbed() && monotonicMs() < deadline) await pause(LOOK_MS);
    const reason = isDisturbed() ? undefined : handOver(this.#parts, this.#replyFd());
    for (const { listener, state } of operations) if (state === 'active') listener?.resume();
    if (reason === undefined) return false;
    premises.log('error', 'upgrade', `the daemon goes on as it was: ${reason}`);
    this.#fail?.(reason);
    this.#fail = undefined;
    return true;
  }
}

/** Lets the new program test the configuration, started as this one was. Resolves to what is wrong, if anything. */
async function rehearse({ premises, call }: UpgradeParts): Promise<string | undefined> {
  if (call.words === undefined) return 'this daemon cannot be upgraded';
  const fd = memoryFile('xinetd-ts-rehearsal');
  try {
    const [path = '', ...args] = commandLine(call);
    const env = environmentFor(premises, `${REHEARSAL_VARIABLE}=${FORMAT}`);
    const unchanged = { ids: undefined, umask: undefined, nice: undefined, rlimits: [] };
    const plan = { path, argv: [path, ...args, '-t'], env, directory: call.baseDirectory, ...unchanged };
    const isPassed = await premises.commands.startWith(plan, fd);
    if (isPassed === true) return undefined;
    if (isPassed === undefined) return 'the test of the new program does not end';
    return readRecord(fd).toString('utf8').trim().slice(-MOST_WORDS) || `${path} cannot be started`;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return error.message;
  } finally {
    closeSync(fd);
  }
}

/** Does not return where it succeeds; says why it did not. */
function handOver({ premises, call, flush }: UpgradeParts, replyFd: number): string {
  premises.log('notice', 'upgrade', `handing over to ${process.argv[1] ?? ''}`);
  stopInternalServers(premises);
  premises.retries.abandon();
  flush();
  try {
    const handover = recordOf(premises, call.version, replyFd);
    const sockets = handover.services.flatMap(({ socket }) => socket?.fd ?? []);
    const record = writeHandover(handover);
    const shared = handover.inherited.map(({ fd }) => fd);
    const kept = [record, ...sockets, ...shared, ...(replyFd < 0 ? [] : [replyFd])];
    try {
      process.chdir(call.baseDirectory);
      const [path = '', ...args] = commandLine(call);
      return execInPlace(path, [path, ...args], environmentFor(premises, `${HANDOVER_VARIABLE}=${record}`), kept);
    } finally {
      process.chdir('/');
      closeSync(record);
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Our own, with one variable more. */
function environmentFor({ world }: Premises, variable: string): readonly string[] {
  return [...world.environment, variable];
}

/** Somebody is between a request and its server, or has only just begun to talk to this process. */
function isBusy({ waiting, banners, idents, retries, children }: Premises): boolean {
  const youngSinceMs = monotonicMs() - YOUNG_MS;
  return (
    waiting.total + banners.waiting + idents.successes + idents.failures + retries.size > 0 ||
    children.all().some(({ isInProcess, startedAtMs }) => isInProcess && startedAtMs > youngSinceMs)
  );
}

function recordOf(premises: Premises, version: string, replyFd: number): Handover {
  const servers = premises.children.all();
  const services = new Set([...premises.operations(), ...servers.map(({ detail }) => detail.service)]);
  return {
    format: FORMAT,
    version,
    requests: lastRequestNumber(),
    bans: premises.bans.stored(),
    services: [...services].map(handedService),
    servers: servers.map(({ pid, serviceId, startedAtMs, detail }): HandedServer => ({
      pid,
      serviceKey: serviceId,
      source: detail.source,
      requestNumber: detail.requestNumber,
      startedAtMs,
      startedAt: detail.startedAt,
      hasSocket: detail.socket !== undefined && detail.socket === detail.service.listener,
      trigger: detail.trigger,
    })),
    inherited: premises.inherited.shared,
    replyFd,
  };
}

function handedService(operation: ServiceInOperation): HandedService {
  const { key, service, isRetired, listener, state, enableAtMs, rate, sources, tally, registration } = operation;
  return {
    key,
    service: essenceOf(service),
    isRetired,
    socket: listener?.socket,
    state,
    enableAtMs,
    rate,
    sources: [...(sources?.entries() ?? [])],
    served: tally.served,
    refused: tally.refused,
    registration,
  };
}
