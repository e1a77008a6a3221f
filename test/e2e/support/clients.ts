// Small network clients: one exchange over TCP, a conversation that stays open, one datagram and its answer.

import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { until } from './wait.ts';

export interface ClientOptions {
  readonly host?: string;
  /** The address to call from. */
  readonly from?: string;
  readonly send?: string;
  /** Close our half once everything is sent. */
  readonly isHalfClosed?: boolean;
  readonly limitMs?: number;
}

/** An open connection: what came so far, and the wait for more. */
export class Conversation {
  readonly socket: Socket;
  #heard = '';
  #end: 'open' | 'closed' | Error = 'open';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => (this.#heard += text));
    socket.on('error', (error) => (this.#end = error));
    socket.on('close', () => (this.#end = this.#end === 'open' ? 'closed' : this.#end));
  }

  get heard(): string {
    return this.#heard;
  }

  /** Waits for text; the text stays in `heard`. */
  hears(pattern: RegExp, limitMs?: number): Promise<RegExpExecArray> {
    return until(`${pattern} in ${JSON.stringify(this.#heard)}`, () => pattern.exec(this.#heard) ?? undefined, limitMs);
  }

  /** Waits until the other side has closed or reset. */
  ends(limitMs?: number): Promise<'closed' | Error> {
    return until('the connection ends', () => (this.#end === 'open' ? undefined : this.#end), limitMs);
  }

  say(text: string): void {
    this.socket.write(text, 'latin1');
  }

  hangUp(): void {
    this.socket.destroy();
  }
}

/** Connects and leaves the conversation to the caller. */
export function call(port: number, options: ClientOptions = {}): Promise<Conversation> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      port,
      host: options.host ?? '127.0.0.1',
      ...(options.from === undefined ? {} : { localAddress: options.from }),
      allowHalfOpen: true,
    });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(new Conversation(socket));
    });
    socket.on('end', () => socket.end());
  });
}

/** Connects, sends, and hands back all that came until the other side closed. */
export async function exchange(port: number, options: ClientOptions = {}): Promise<string> {
  const conversation = await call(port, options);
  if (options.send !== undefined) conversation.say(options.send);
  if (options.isHalfClosed === true) conversation.socket.end();
  await conversation.ends(options.limitMs);
  return conversation.heard;
}

/** Sends one datagram and hands back the answer. */
export function datagram(port: number, payload: string, options: ClientOptions = {}): Promise<string> {
  const host = options.host ?? '127.0.0.1';
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  return new Promise<string>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`no answer from ${host} port ${port}`)), options.limitMs ?? 5000);
    socket.once('message', (answer) => {
      clearTimeout(limit);
      resolve(answer.toString('latin1'));
    });
    socket.once('error', reject);
    socket.bind(0, options.from, () => socket.send(Buffer.from(payload, 'latin1'), port, host));
  }).finally(() => socket.close());
}
