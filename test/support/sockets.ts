// Real sockets on loopback for tests: listeners of ours on ports the kernel chooses, clients of Node.

import { createSocket } from 'node:dgram';
import type { Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import type { Connection } from '../../src/net/connection.ts';
import { endpointOf } from '../../src/net/endpoint.ts';
import type { Endpoint, EndpointConfig } from '../../src/net/endpoint.ts';
import { Listener } from '../../src/net/listener.ts';
import type { ListenerEvents } from '../../src/net/listener.ts';
import { openEndpoint } from '../../src/net/open.ts';

const LOOPBACK: EndpointConfig = {
  type: [],
  flags: [],
  socket_type: 'stream',
  protocol: { name: 'tcp', number: 6 },
  wait: false,
  port: 0,
  bind: { text: '127.0.0.1', family: 'ipv4', address: '127.0.0.1' },
  v6only: false,
  free_bind: false,
  socket_path: undefined,
  socket_mode: 0o600,
  socket_user: undefined,
  socket_group: undefined,
};

/** An endpoint on 127.0.0.1 with a port of the kernel's choice. */
export function loopback(change: Partial<EndpointConfig> = {}): Endpoint {
  const endpoint = endpointOf({ ...LOOPBACK, ...change });
  if (endpoint === undefined) throw new Error('this configuration has no endpoint');
  return endpoint;
}

/** The same for datagrams. */
export function loopbackDatagram(): Endpoint {
  return loopback({ socket_type: 'dgram', protocol: { name: 'udp', number: 17 }, wait: true });
}

/** Opens an endpoint; the caller closes it. */
export function listen(endpoint: Endpoint, events: Partial<ListenerEvents>): Listener {
  const result = openEndpoint(endpoint, () => {});
  if (!result.ok) throw result.error;
  return new Listener(result.socket, endpoint, {
    onConnection: (connection) => connection.close(),
    onReadable: () => {},
    onAcceptFailure: () => {},
    nowMs: () => performance.now(),
    ...events,
  });
}

/** A promise and how to keep it. */
export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

/** Makes a promise that is kept from outside. */
export function deferred<Value>(): Deferred<Value> {
  const keepers: ((value: Value) => void)[] = [];
  const promise = new Promise<Value>((keep) => keepers.push(keep));
  return { promise, resolve: (value) => keepers[0]?.(value) };
}

/** A connected client and the other end as a listener accepted it. */
export interface Pair {
  readonly client: Socket;
  readonly connection: Connection;
}

/** Connects to a listener of its own, which is closed at once. */
export async function connectedPair(): Promise<Pair> {
  const { promise, resolve } = deferred<Connection>();
  const listener = listen(loopback(), { onConnection: resolve });
  listener.resume();
  const client = await dial(listener.port);
  const connection = await promise;
  listener.close();
  return { client, connection };
}

/** The same for tests of what reads a connection bit by bit; `close` ends both sides of all of them. */
export class Pairs {
  readonly #open: { readonly close: () => void }[] = [];

  async open(): Promise<Pair> {
    const both = await connectedPair();
    both.client.setNoDelay(true);
    this.#open.push({ close: () => both.client.destroy() }, both.connection);
    return both;
  }

  readonly close = (): void => {
    for (const thing of this.#open.splice(0)) thing.close();
  };
}

/** Sends bytes and waits until the kernel has them. */
export function write(client: Socket, text: string): Promise<void> {
  return new Promise((sent) => client.write(text, 'latin1', () => sent()));
}

/** Connects to a port of 127.0.0.1. */
export async function dial(port: number): Promise<Socket> {
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  await once(client, 'connect');
  return client;
}

/** Everything until the end of file. */
export async function readAll(client: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of client) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A client for datagrams, bound to a port of 127.0.0.1 (0: of the kernel's choice). */
export async function datagramClient(port = 0): Promise<DatagramSocket> {
  const client = createSocket('udp4');
  client.bind(port, '127.0.0.1');
  await once(client, 'listening');
  return client;
}

/** Sends one datagram and waits until the kernel has it. */
export function sendTo(client: DatagramSocket, port: number, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    client.send(data, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error)));
  });
}

/** The next datagram that comes in. */
export function nextDatagram(client: DatagramSocket): Promise<Buffer> {
  return new Promise((resolve) => client.once('message', resolve));
}
