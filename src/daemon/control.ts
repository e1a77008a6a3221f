// The control socket: lines of JSON in, lines of JSON out. Bounded in everything (line, connections, silence, answers not
// read) and opened after the services, so that it costs their start nothing. Knows no request: see control-requests.ts.
// differs: D58, the reference has none. The protocol is docs/control.md's.

import { closeSync, openSync } from 'node:fs';
import { lstat, unlink } from 'node:fs/promises';
import type * as NodeNet from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Premises } from './premises.ts';

export type Answer = { readonly ok: true; readonly result: object } | { readonly ok: false; readonly error: string };

export interface ControlParts {
  /** Absolute; undefined: no socket. */
  readonly path: string | undefined;
  readonly log: Premises['log'];
  /** `fd`: of the connection, which stays the socket's; -1 once it is closed. */
  readonly answer: (request: Readonly<Record<string, unknown>>, fd: () => number) => Answer | Promise<Answer>;
}

const FUNC = 'control';
const MOST_CONNECTIONS = 16;
const LONGEST_LINE = 4096;
const SILENCE_MS = 10_000;
/** Leaves read and write to the owner while the socket is made. */
const OWNER_ONLY_UMASK = 0o177;

/** The socket, and the one that Node keeps beside its first listener. */
const DESCRIPTORS_NEEDED = 2;

type Net = typeof NodeNet;

/** The socket of one daemon. */
export class ControlSocket {
  readonly #parts: ControlParts;
  readonly #reserved: number[] = [];
  #server: Server | undefined;

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  /** Holds the descriptors that the socket will need, before the services take theirs. */
  reserve(count = DESCRIPTORS_NEEDED): void {
    if (this.#parts.path === undefined) return;
    try {
      while (this.#reserved.length < count) this.#reserved.push(openSync('/dev/null', 'r'));
    } catch {
      // None left: the services come first, and opening the socket will say so.
    }
  }

  /** Begins to listen. Trouble is logged, never thrown: a daemon without the socket serves all the same. */
  async open(): Promise<void> {
    const { path, log } = this.#parts;
    if (path === undefined || this.#server !== undefined) return;
    try {
      const net = await import('node:net');
      this.#server = (await this.#listen(net, path)) ?? (await this.#takeOver(net, path));
      this.#server?.on('error', () => {});
    } catch (error) {
      log('notice', FUNC, `no control socket: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Undefined where there is something at the path. */
  async #listen(net: Net, path: string): Promise<Server | undefined> {
    const hadReserve = this.#reserved.length > 0;
    const server = net.createServer({ allowHalfOpen: false }, (socket) => this.#serve(socket));
    const listening = listen(server, path);
    // Given up only now, so that the number of descriptors stays the same.
    if (server.listening) this.#release();
    try {
      return await listening;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException; // Node's net throws ErrnoException only
      if (code === 'EADDRINUSE') {
        this.#release(1); // Node has opened its own meanwhile.
        return undefined;
      }
      if (code !== 'EMFILE' || !hadReserve) throw error;
      this.#release();
      return this.#listen(net, path);
    }
  }

  /** What an ended daemon left behind is no obstacle. */
  async #takeOver(net: Net, path: string): Promise<Server | undefined> {
    this.#release();
    const isTaken = await isAnswered(net, path);
    this.reserve(1);
    if (isTaken) {
      this.#release();
      this.#parts.log('notice', FUNC, `another daemon answers at ${path}: this one has no control socket`);
      return undefined;
    }
    await removeUnanswered(path);
    const server = await this.#listen(net, path);
    if (server !== undefined) return server;
    this.#release();
    throw new Error(`${path} is in the way`);
  }

  #release(count = DESCRIPTORS_NEEDED): void {
    for (const fd of this.#reserved.splice(0, count)) closeSync(fd);
  }

  /** Ends listening, which removes the socket. */
  close(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  #serve(socket: Socket): void {
    let pending = '';
    let isBusy = false;
    /** One request after the other; nothing more is read for somebody who does not read. */
    const work = async (): Promise<void> => {
      if (isBusy) return;
      isBusy = true;
      socket.pause();
      socket.setTimeout(0);
      const isDrained = await answerAll();
      socket.setTimeout(SILENCE_MS);
      isBusy = false;
      if (!isDrained || socket.destroyed) return;
      if (pending.length > LONGEST_LINE) socket.end(write({ ok: false, error: 'the request is too long' }));
      else socket.resume();
    };
    const answerAll = async (): Promise<boolean> => {
      for (let end = pending.indexOf('\n'); end !== -1; end = pending.indexOf('\n')) {
        const line = pending.slice(0, end);
        pending = pending.slice(end + 1);
        if (!socket.write(await this.#answerTo(line, () => descriptorOf(socket)))) return false;
      }
      return true;
    };
    socket.setEncoding('utf8');
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('drain', () => void work());
    socket.on('data', (text: string) => {
      pending += text;
      if (!socket.writableEnded) void work();
    });
  }

  async #answerTo(line: string, fd: () => number): Promise<string> {
    const request = line.length > LONGEST_LINE ? undefined : parse(line);
    if (request === undefined) return write({ ok: false, error: 'the request is no JSON object' });
    return write(await this.#parts.answer(request, fd));
  }
}

/** True when a living daemon holds the path. Connecting to a unix socket succeeds or fails at once. */
function isAnswered(net: Net, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect({ path });
    probe.on('connect', () => {
      resolve(true);
      probe.destroy();
    });
    probe.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EAGAIN'));
    probe.on('close', () => resolve(true));
  });
}

/** What an ended daemon left behind; anything but a socket stays, and listening will say that the path is taken. */
async function removeUnanswered(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isSocket()) await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // Node's fs throws ErrnoException only
  }
}

/** Binds within the call, so that the mask holds for nothing else. */
function listen(server: Server, path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.maxConnections = MOST_CONNECTIONS;
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve(server);
    });
    const umask = process.umask(OWNER_ONLY_UMASK);
    try {
      server.listen({ path, backlog: MOST_CONNECTIONS });
    } finally {
      process.umask(umask);
    }
  });
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an object that JSON.parse made has string keys only
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** Node names the descriptor of a connection nowhere else; -1 once it is closed. */
function descriptorOf(socket: Socket): number {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- so in every Node; looked at, not relied upon
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null };
  return handle?.fd ?? -1;
}

/** An answer as it goes over the socket. */
export function write(answer: Answer): string {
  return `${JSON.stringify(answer)}\n`;
}
