// Registering RPC services with rpcbind on this machine, and taking them out again. One request after the other; nobody
// waits for a silent rpcbind longer than its time, and then not again for a while. Nothing is thrown and nothing blocks.
// Source: spec section 6.8, RFC 1833.

import { RpcLine } from './rpc-line.ts';
import type { Answer, Mapping, PortmapVersion, Procedure, Transport } from './rpc-message.ts';

/** A program that listens on one port, over IPv4, IPv6 or both. */
export interface RpcProgram {
  readonly program: number;
  readonly versions: readonly number[];
  readonly protocol: 'tcp' | 'udp';
  readonly families: readonly ('ipv4' | 'ipv6')[];
  readonly port: number;
}

/** What may differ: where rpcbind is, how long it is waited for, and whether a port has a listener. */
export interface PortmapperOptions {
  readonly nowMs: () => number;
  readonly port?: number;
  readonly limitMs?: number;
  readonly isTaken?: (protocol: RpcProgram['protocol'], port: number) => Promise<boolean>;
}

const PORTMAP_PORT = 111;
const LIMIT_MS = 2000;
const SILENCE_MS = 5000;

/** Says something to rpcbind in the newest language it speaks. */
type Ask = (procedure: Procedure, mapping: Mapping) => Promise<Answer | undefined>;

/** Registers programs with rpcbind and takes them out. */
export class Portmapper {
  readonly #options: PortmapperOptions;
  #language: PortmapVersion = 4;
  #silentUntilMs = -Infinity;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: PortmapperOptions) {
    this.#options = options;
  }

  /** Resolves to the versions that rpcbind did not take; never rejects. */
  register(program: RpcProgram): Promise<readonly number[]> {
    return this.#inTurn(program.versions, async (ask) => {
      const outcomes = await Promise.all(
        program.versions.map((version) => this.#registerVersion(ask, program, version)),
      );
      return program.versions.filter((_, index) => outcomes[index] === false);
    });
  }

  /** Takes out what `register` has put in; never rejects. */
  unregister(program: RpcProgram): Promise<void> {
    return this.#inTurn(undefined, async (ask) => {
      const mappings = program.versions.flatMap((version) => mappingsOf(program, version));
      await Promise.all(mappings.map((mapping) => ask('unset', mapping)));
    });
  }

  /** Resolves when all that was asked for is done or given up. */
  async settled(): Promise<void> {
    await this.#last;
  }

  #inTurn<Result>(otherwise: Result, talk: (ask: Ask) => Promise<Result>): Promise<Result> {
    const result = this.#last.then(() => this.#converse(otherwise, talk));
    this.#last = result;
    return result;
  }

  async #converse<Result>(otherwise: Result, talk: (ask: Ask) => Promise<Result>): Promise<Result> {
    const { nowMs, port = PORTMAP_PORT, limitMs = LIMIT_MS } = this.#options;
    if (nowMs() < this.#silentUntilMs) return otherwise;
    const line = await RpcLine.open(port, limitMs);
    if (line === undefined) return otherwise;
    const result = await talk((procedure, mapping) => this.#ask(line, procedure, mapping));
    line.close();
    if (line.isSilent) this.#silentUntilMs = nowMs() + SILENCE_MS;
    return result;
  }

  /** The port of a program is known by version 2 alone whatever the transport of the question. */
  async #ask(line: RpcLine, procedure: Procedure, mapping: Mapping): Promise<Answer | undefined> {
    const language = procedure === 'find' ? 2 : this.#language;
    if (language === 2 && isIPv6(mapping)) return undefined;
    const answer = await line.ask(language, procedure, mapping);
    if (answer?.kind !== 'mismatch' || language === 2) return answer;
    this.#language = 2;
    return this.#ask(line, procedure, mapping);
  }

  /** The first transport counts: IPv6 beside IPv4 may not exist at this rpcbind. */
  async #registerVersion(ask: Ask, program: RpcProgram, version: number): Promise<boolean> {
    const [first, second] = mappingsOf(program, version);
    if (first === undefined) return false;
    let isSet = isYes(await ask('set', first));
    const isStale = !isSet && (await this.#isStale(ask, program, first));
    if (isStale) isSet = await replace(ask, first);
    if (isSet && second !== undefined) await (isStale ? replace(ask, second) : ask('set', second));
    return isSet;
  }

  /** differs: D80 a registration that leads to nobody is replaced. */
  async #isStale(ask: Ask, { protocol }: RpcProgram, mapping: Mapping): Promise<boolean> {
    const { isTaken = isPortTaken } = this.#options;
    const found = await ask('find', mapping);
    return found?.kind === 'done' && found.value > 0 && !(await isTaken(protocol, found.value));
  }
}

async function replace(ask: Ask, mapping: Mapping): Promise<boolean> {
  await ask('unset', mapping);
  return isYes(await ask('set', mapping));
}

function isYes(answer: Answer | undefined): boolean {
  return answer?.kind === 'done' && answer.value === 1;
}

function isIPv6({ transport }: Mapping): boolean {
  return transport.endsWith('6');
}

function mappingsOf({ program, protocol, families, port }: RpcProgram, version: number): readonly Mapping[] {
  const transports = families.map((family): Transport => (family === 'ipv4' ? protocol : `${protocol}6`));
  return transports.map((transport) => ({ program, version, transport, port }));
}

/** Whether somebody uses a port, which is tried out. */
async function isPortTaken(protocol: RpcProgram['protocol'], port: number): Promise<boolean> {
  const { createSocket } = await import('node:dgram');
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    if (protocol === 'udp') {
      const socket = createSocket('udp4');
      socket.once('error', () => socket.close(() => resolve(true)));
      socket.bind(port, () => socket.close(() => resolve(false)));
    } else {
      const server = createServer();
      server.once('error', () => resolve(true));
      server.listen(port, () => server.close(() => resolve(false)));
    }
  });
}
