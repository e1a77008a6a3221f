// Opening an endpoint's socket: IPv4 where IPv6 is missing, and up to ten more tries where the address is taken.
// Says what happens by notes in the order the reference logs them; the outcome is a value, nothing is thrown.
// Source: spec 3.3 (fallback), 4.4 (bind retries).

import { setTimeout as pause } from 'node:timers/promises';

import { closeFd, openSocket, openUnixSocket, removeSocketFile } from '../native/binding.ts';
import type { SocketSpec, UnixSocketSpec } from '../native/socket-kinds.ts';
import { SystemError } from '../native/system-error.ts';
import type { Endpoint } from './endpoint.ts';

/** An open socket; the receiver closes it with `closeSocket`. */
export interface OpenedSocket {
  readonly fd: number;
  /** What was opened in the end. */
  readonly spec: SocketSpec | UnixSocketSpec;
  /** Of a unix socket that was bound here: its file, and what tells it from another in its place. */
  readonly file?: { readonly path: string; readonly device: number; readonly inode: number };
}

/** Closes a socket and removes its file. */
export function closeSocket({ fd, file }: OpenedSocket): void {
  if (file !== undefined) removeSocketFile(file.path, file.device, file.inode);
  closeFd(fd);
}

/** Something to be logged while opening. */
export type OpenNote =
  | { readonly kind: 'ipv4-instead' }
  | { readonly kind: 'bind-failed'; readonly error: SystemError }
  | { readonly kind: 'bind-retry'; readonly attempt: number };

export type OpenResult =
  | {
      readonly ok: true;
      readonly socket: OpenedSocket;
      /** Bound here and now, so that it has its filter. */
      readonly isNew?: true;
    }
  | { readonly ok: false; readonly error: SystemError };

/** How often binding is tried again. */
export const BIND_RETRIES = 10;

/** Opens at once, trying again without a pause; for start-up without XINETD_BIND_DELAY. */
export function openEndpoint(endpoint: Endpoint, onNote: (note: OpenNote) => void): OpenResult {
  let result = attempt(endpoint, onNote);
  for (let retry = 1; retry <= BIND_RETRIES && mayRetry(result); retry += 1) {
    onNote({ kind: 'bind-retry', attempt: retry });
    result = attempt(endpoint, onNote);
  }
  return result;
}

/** The same with `delayMs` between the tries, without holding up the loop. */
export async function openEndpointPatiently(
  endpoint: Endpoint,
  delayMs: number,
  onNote: (note: OpenNote) => void,
): Promise<OpenResult> {
  let result = attempt(endpoint, onNote);
  for (let retry = 1; retry <= BIND_RETRIES && mayRetry(result); retry += 1) {
    await pause(delayMs);
    onNote({ kind: 'bind-retry', attempt: retry });
    result = attempt(endpoint, onNote);
  }
  return result;
}

function attempt(endpoint: Endpoint, onNote: (note: OpenNote) => void): OpenResult {
  let result = openSpec(endpoint, endpoint.spec);
  if (!result.ok && result.error.call === 'socket' && endpoint.ipv4Fallback !== undefined) {
    onNote({ kind: 'ipv4-instead' });
    result = openSpec(endpoint, endpoint.ipv4Fallback);
  }
  if (mayRetry(result)) onNote({ kind: 'bind-failed', error: result.error });
  return result;
}

function openSpec({ filterFor }: Endpoint, spec: OpenedSocket['spec']): OpenResult {
  try {
    const isUnix = spec.family === 'unix';
    return {
      ok: true,
      isNew: true,
      socket: isUnix ? openPath(spec) : { fd: openSocket(spec, filterFor(spec.family)), spec },
    };
  } catch (error) {
    if (error instanceof SystemError) return { ok: false, error };
    throw error;
  }
}

function openPath(spec: UnixSocketSpec): OpenedSocket {
  const { fd, device, inode } = openUnixSocket(spec);
  const { path } = spec;
  return path.startsWith('@') ? { fd, spec } : { fd, spec, file: { path, device, inode } };
}

/** Only a failed bind is tried again. */
function mayRetry(result: OpenResult): result is Extract<OpenResult, { ok: false }> {
  return !result.ok && result.error.call === 'bind';
}
