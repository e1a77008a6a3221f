// One conversation with rpcbind: a UDP socket to 127.0.0.1, from a port of root's where that is allowed, so that nobody else
// can take out what is registered over it. Questions are repeated until their time is over; nothing is thrown.

import type { Socket } from 'node:dgram';
import { decodeReply, encodeCall } from './rpc-message.ts';
import type { Answer, Mapping, PortmapVersion, Procedure } from './rpc-message.ts';

const TRY_MS = 500;
const FIRST_RESERVED = 600;
const LAST_RESERVED = 1023;
const RESERVED_TRIES = 20;

/** A socket that talks to rpcbind, for one conversation. */
export class RpcLine {
  readonly #socket: Socket;
  readonly #limitMs: number;
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>();
  #lastCall = Math.floor(Math.random() * 0x4000_0000);
  #isBroken = false;
  /** True once a question got no answer in time. */
  isSilent = false;

  private constructor(socket: Socket, limitMs: number) {
    this.#socket = socket;
    this.#limitMs = limitMs;
    socket.on('message', (bytes) => this.#hear(bytes));
    socket.on('error', () => this.#breakOff());
  }

  /** undefined where no socket can be had. */
  static async open(port: number, limitMs: number): Promise<RpcLine | undefined> {
    const { createSocket } = await import('node:dgram');
    for (const from of sourcePorts()) {
      const socket = createSocket('udp4');
      const isConnected = await new Promise<boolean>((resolve) => {
        socket.once('error', () => resolve(false));
        socket.bind(from, '127.0.0.1', () => socket.connect(port, '127.0.0.1', () => resolve(true)));
      });
      socket.removeAllListeners('error');
      if (isConnected) return new RpcLine(socket, limitMs);
      socket.close();
    }
    return undefined;
  }

  /** undefined when there is no answer in time. */
  ask(language: PortmapVersion, procedure: Procedure, mapping: Mapping): Promise<Answer | undefined> {
    if (this.#isBroken || this.isSilent) return Promise.resolve(undefined);
    this.#lastCall += 1;
    const callId = this.#lastCall;
    const bytes = encodeCall(callId, language, procedure, mapping);
    const send = (): void => this.#socket.send(bytes, (error) => error !== null && this.#breakOff());
    return new Promise((resolve) => {
      const again = setInterval(send, TRY_MS);
      const giveUp = setTimeout(() => {
        this.isSilent = true;
        this.#waiting.get(callId)?.(undefined);
      }, this.#limitMs);
      this.#waiting.set(callId, (answer) => {
        clearInterval(again);
        clearTimeout(giveUp);
        this.#waiting.delete(callId);
        resolve(answer);
      });
      send();
    });
  }

  close(): void {
    this.#breakOff();
    this.#socket.close();
  }

  #hear(bytes: Uint8Array): void {
    const reply = decodeReply(bytes);
    if (reply !== undefined) this.#waiting.get(reply.callId)?.(reply.answer);
  }

  /** Nobody listens at the port: there is nothing to wait for. */
  #breakOff(): void {
    this.#isBroken = true;
    for (const answer of this.#waiting.values()) answer(undefined);
  }
}

/** Ports to talk from: root's, in an order nobody can guess, then any. */
function sourcePorts(): readonly number[] {
  if (process.geteuid?.() !== 0) return [0];
  const choice = (): number => FIRST_RESERVED + Math.floor(Math.random() * (LAST_RESERVED - FIRST_RESERVED + 1));
  return [...Array.from({ length: RESERVED_TRIES }, choice), 0];
}
