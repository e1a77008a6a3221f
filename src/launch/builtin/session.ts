// A connection served by the event loop: one watch, one descriptor, closed once whatever happens.
// The services hand in what to do when the socket is ready; a failing call (peer gone) is the end of the session.

import { closeFd, watchReady } from '../../native/binding.ts';
import type { ReadyWatch } from '../../native/binding.ts';
import { SystemError } from '../../native/system-error.ts';
import type { BuiltinSession } from './builtin.ts';

/** What a service wants to hear of next; `end` closes the connection. */
export type Next = 'read' | 'write' | 'end';

/** A client that does nothing for so long is closed. differs: D81. */
export const IDLE_MS = 600_000;

/** How a connection is served. */
export interface Conversation {
  readonly first: Next;
  /** Called whenever what it asked for is possible. */
  readonly step: () => Next;
  readonly idleMs?: number;
}

/** Serves `fd` until its client has gone, or has been idle for too long. */
export function openSession(fd: number, conversation: Conversation, onEnd: () => void): BuiltinSession {
  const { first, step, idleMs = IDLE_MS } = conversation;
  const watch = watchOrClose(fd, () => {
    idle.refresh();
    want(stepOrEnd(step));
  });
  if (watch === undefined) return endLater(onEnd);
  const idle = setTimeout(() => want('end'), idleMs).unref();
  let wanted: Next | undefined;
  const close = (): void => {
    wanted = 'end';
    clearTimeout(idle);
    watch.close();
    closeFd(fd);
  };
  const want = (next: Next): void => {
    if (next === wanted || wanted === 'end') return;
    wanted = next;
    if (next !== 'end') return watch.want(next === 'read', next === 'write');
    close();
    onEnd();
  };
  want(first);
  return {
    stop: () => {
      if (wanted !== 'end') close();
    },
  };
}

/** A connection that is reset ends quietly, as a forked server's would. */
export function stepOrEnd(step: () => Next): Next {
  try {
    return step();
  } catch (error) {
    if (error instanceof SystemError) return 'end';
    throw error;
  }
}

/** Sends one text and closes; what the socket does not take at once is given up. */
export function sendAndClose(fd: number, send: () => void, onEnd: () => void): BuiltinSession {
  stepOrEnd(() => {
    send();
    return 'end';
  });
  closeFd(fd);
  return endLater(onEnd);
}

/** A machine without room for one more watch closes the connection. */
function watchOrClose(fd: number, onReady: () => void): ReadyWatch | undefined {
  try {
    return watchReady(fd, onReady);
  } catch (error) {
    closeFd(fd);
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

/** A session that has ended already; its owner hears of it after it has the session in hand. */
function endLater(onEnd: () => void): BuiltinSession {
  let isStopped = false;
  queueMicrotask(() => {
    if (!isStopped) onEnd();
  });
  return {
    stop: () => {
      isStopped = true;
    },
  };
}
