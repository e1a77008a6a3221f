// What the control socket is asked and what it answers: the state of the services, the bans, the facts of a decision.
// Reads the running daemon; only the requests about bans change anything. The protocol is docs/control.md's.

import { loadavg } from 'node:os';
import type { Server } from '../launch/children.ts';
import { monotonicMs } from '../native/monotonic.ts';
import type { Source } from '../policy/source.ts';
import { connectionsLeft, sourceNetwork } from '../policy/source-rate.ts';
import type { Answer } from './control.ts';
import { cpuSeconds } from './cpu-time.ts';
import { plainAddress, plainCaller, sourceOfText } from './plain-address.ts';
import type { Premises, ServerDetail } from './premises.ts';
import type { ReloadReport } from './reload-report.ts';
import type { ServiceInOperation } from './service.ts';

type Request = Readonly<Record<string, unknown>>;

/** The daemon as the control socket sees it. */
export interface ControlView {
  readonly premises: Premises;
  readonly version: string;
  /** Absolute. */
  readonly configPath: string;
  /** Services now in operation. */
  readonly operations: () => readonly ServiceInOperation[];
  readonly reload: () => Promise<ReloadReport>;
  readonly previewReload: () => ReloadReport;
  /** Resolves to why it failed; where it succeeds, the next program answers on the descriptor. */
  readonly upgrade: (replyFd: () => number) => Promise<string>;
}

type Reply = (view: ControlView, request: Request, fd: () => number) => Answer | Promise<Answer>;

const MOST_SERVERS_LISTED = 100;
const MOST_MINUTES = 2 ** 31 - 1;

const REPLIES: ReadonlyMap<unknown, Reply> = new Map<unknown, Reply>([
  ['status', status],
  ['bans.list', listBans],
  ['bans.add', addBan],
  ['bans.remove', removeBan],
  ['facts', facts],
  ['reload', reload],
  ['upgrade', upgrade],
]);

/** Answers one request, which came on `fd`. */
export async function answerRequest(view: ControlView, request: Request, fd: () => number): Promise<Answer> {
  const reply = REPLIES.get(request['request']);
  return reply === undefined ? refuse(`known requests are ${[...REPLIES.keys()].join(' ')}`) : reply(view, request, fd);
}

async function status({ premises, version, operations }: ControlView): Promise<Answer> {
  return done({
    version,
    pid: premises.pid,
    processLimit: finite(premises.processLimit),
    runningServers: premises.children.total,
    bans: premises.bans.all().length,
    services: await Promise.all(operations().map((operation) => serviceStatus(premises, operation))),
  });
}

async function serviceStatus(premises: Premises, operation: ServiceInOperation): Promise<object> {
  const { config } = operation.service;
  return {
    ...common(premises, operation),
    socketType: config.socket_type,
    port: operation.listener?.port ?? config.port,
    path: config.socket_path ?? null,
    perSource: { limit: finite(config.per_source) },
    served: operation.tally.served,
    refused: Object.fromEntries(operation.tally.refused),
    servers: await Promise.all(premises.children.of(operation.key).slice(0, MOST_SERVERS_LISTED).map(serverStatus)),
  };
}

async function serverStatus({ pid, isInProcess, source, startedAtMs }: Server<ServerDetail>): Promise<object> {
  return {
    pid,
    from: source ?? null,
    seconds: Math.floor((monotonicMs() - startedAtMs) / 1000),
    cpuSeconds: isInProcess ? null : await cpuSeconds(pid),
  };
}

/** What both `status` and `facts` say of a service. */
function common(premises: Premises, operation: ServiceInOperation): object {
  const { config, name } = operation.service;
  const { count, windowStartSecond } = operation.rate;
  return {
    id: config.id,
    name,
    state: operation.state,
    instances: { running: premises.children.countOf(operation.key), limit: finite(config.instances) },
    cps: {
      ...config.cps,
      counted: count,
      windowSeconds: count === 0 ? 0 : Math.floor(monotonicMs() / 1000) - windowStartSecond,
    },
  };
}

function facts(view: ControlView, request: Request): Answer {
  const { premises } = view;
  const operation = serviceNamed(view.operations(), request['service']);
  if (operation === undefined) return refuse('no such service');
  const caller = request['address'] === undefined ? undefined : callerOf(request);
  if (caller === undefined && request['address'] !== undefined) return refuse(NO_ADDRESS);
  const { config } = operation.service;
  const { children } = premises;
  return done({
    ...common(premises, operation),
    configuration: view.configPath,
    isSensor: config.flags.includes('SENSOR'),
    perSource: {
      running: caller === undefined ? 0 : children.countFrom(operation.key, caller.plain),
      limit: finite(config.per_source),
    },
    perSourceCps: { limit: finite(config.per_source_cps), left: leftFor(operation, caller) },
    processLimit: { running: children.total, limit: finite(premises.processLimit) },
    load: loadavg()[0],
    maxLoad: config.max_load,
    banLeftSeconds: caller === undefined ? 0 : secondsLeft(premises.bans.leftMs(caller.plain)),
  });
}

/** Connections that the source may make at once; null where nobody counts. */
function leftFor(operation: ServiceInOperation, caller: Source | undefined): number | null {
  const { service, rate, sources } = operation;
  const sourceRate = caller === undefined ? undefined : sources?.of(sourceNetwork(caller));
  return finite(connectionsLeft({ service, rate, sourceRate, nowMs: monotonicMs() }));
}

/** By id, then by name; both in any case, as the configuration compares ids. */
function serviceNamed(operations: readonly ServiceInOperation[], word: unknown): ServiceInOperation | undefined {
  const wanted = typeof word === 'string' ? word.toLowerCase() : '';
  const byId = operations.find(({ id }) => id.toLowerCase() === wanted);
  return byId ?? operations.find(({ service }) => service.name.toLowerCase() === wanted);
}

async function reload(view: ControlView, { dryRun = false }: Request): Promise<Answer> {
  if (typeof dryRun !== 'boolean') return refuse('dryRun must be true or false');
  return done(dryRun ? view.previewReload() : await view.reload());
}

async function upgrade(view: ControlView, _request: Request, fd: () => number): Promise<Answer> {
  return refuse(await view.upgrade(fd));
}

function listBans({ premises }: ControlView): Answer {
  const bans = premises.bans.all().map(({ address }) => ({
    address,
    leftSeconds: secondsLeft(premises.bans.leftMs(address)),
  }));
  return done({ bans });
}

const NO_ADDRESS = 'address must be one whole IPv4 or IPv6 address';

function addBan({ premises }: ControlView, request: Request): Answer {
  const address = addressOf(request);
  if (address === undefined) return refuse(NO_ADDRESS);
  const { minutes = Infinity } = request;
  if (!isMinutes(minutes)) return refuse('minutes must be a whole number above 0');
  return premises.bans.add(address, minutes) ? done({}) : refuse('the list of bans is full');
}

function isMinutes(value: unknown): value is number {
  return value === Infinity || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_MINUTES);
}

function removeBan({ premises }: ControlView, request: Request): Answer {
  const address = addressOf(request);
  if (address === undefined) return refuse(NO_ADDRESS);
  return premises.bans.remove(address) ? done({}) : refuse(`${address} is not banned`);
}

function addressOf({ address }: Request): string | undefined {
  return typeof address === 'string' ? plainAddress(address) : undefined;
}

function callerOf({ address }: Request): Source | undefined {
  const plain = typeof address === 'string' ? plainCaller(address) : undefined;
  return plain === undefined ? undefined : sourceOfText(plain);
}

/** null where it never ends; a last part of a second counts as one. */
function secondsLeft(leftMs: number): number | null {
  return leftMs === Infinity ? null : Math.ceil(leftMs / 1000);
}

/** JSON knows no Infinity. */
function finite(limit: number): number | null {
  return limit === Infinity ? null : limit;
}

function done(result: object): Answer {
  return { ok: true, result };
}

function refuse(error: string): Answer {
  return { ok: false, error };
}
