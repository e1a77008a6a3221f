// Asking a running daemon through its control socket: one request, one answer. The protocol is docs/control.md's.
// Never throws: whatever stands between the question and the answer is a value with a sentence for people.

import type { Socket } from 'node:net';
import { USUAL_CONTROL } from '../daemon/places.ts';

export type Asked =
  | { readonly kind: 'answered'; readonly result: unknown }
  /** The daemon said no. */
  | { readonly kind: 'refused'; readonly error: string }
  /** No daemon, or one that does not answer. */
  | { readonly kind: 'unreachable'; readonly error: string };

const PATIENCE_MS = 5000;

/** Sends one request to the daemon at `path`; an answer that takes longer than `patienceMs` is none. */
export async function askDaemon(
  request: object,
  path: string = USUAL_CONTROL,
  patienceMs: number = PATIENCE_MS,
): Promise<Asked> {
  const { connect } = await import('node:net');
  const socket = connect({ path });
  socket.write(`${JSON.stringify(request)}\n`);
  const line = await readLine(socket, patienceMs);
  socket.destroy();
  return line instanceof Error ? { kind: 'unreachable', error: explain(line, path) } : read(line);
}

function readLine(socket: Socket, patienceMs: number): Promise<string | Error> {
  let heard = '';
  return new Promise((resolve) => {
    socket.setEncoding('utf8');
    socket.setTimeout(patienceMs, () => resolve(new Error('it does not answer')));
    socket.on('data', (text: string) => {
      heard += text;
      if (heard.endsWith('\n')) resolve(heard);
    });
    socket.on('error', resolve);
    socket.on('close', () => resolve(new Error('it closed the connection')));
  });
}

function explain(error: NodeJS.ErrnoException, path: string): string {
  const { code } = error;
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return `no daemon answers at ${path} (--control names another socket)`;
  }
  return code === 'EACCES' ? `${path} is not for this user` : `the daemon at ${path}: ${error.message}`;
}

function read(line: string): Asked {
  // The daemon's own protocol; docs/control.md says what an answer looks like.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const answer = JSON.parse(line) as { readonly ok: boolean; readonly result?: unknown; readonly error?: string };
  if (answer.ok) return { kind: 'answered', result: answer.result };
  return { kind: 'refused', error: answer.error ?? 'refused' };
}
