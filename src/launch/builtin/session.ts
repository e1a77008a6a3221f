// A connection served by the event loop: one watch, one descriptor, closed once whatever happens.
// The services hand in what to do when the socket is ready; a failing call (peer gone) is the end of the session.
// differs: D83 so is silence for too long.

import { closeFd, watchReady } from '../../native/binding.ts';
import type { ReadyWatch } from '../../native/binding.ts';
import { SystemError } from '../../native/system-error.ts';
import type { Attendance, BuiltinSession } from './builtin.ts';

/** What a service wants to hear of next; `end` closes the connection. */
export type Next = 'read' | 'write' | 'end';

/** The longest that a timer can wait. */
const MOST_MS = 2 ** 31 - 1;

/** Serves `fd` by calling `step` whenever what it asked for is possible, until the client has gone or been idle too long. */
export function openSession(
  fd: number,
  first: Next,
  step: () => Next,
  { onEnd, idleMs }: Pick<Attendance, 'onEnd' | 'idleMs'>,
): BuiltinSession {
  const watch = watchOrClose(fd, () => {
    idle?.refresh();
    want(stepOrEnd(step));
  });
  if (watch === undefined) return endLater(onEnd);
  const idle = idleMs > MOST_MS ? undefined : setTimeout(() => want('end'), idleMs).unref();
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
