// A connection served by the event loop: one watch, one descriptor, closed once whatever happens.
// The services hand in what to do when the socket is ready; a failing call (peer gone) is the end of the session.

import { closeFd, watchReady } from '../../native/binding.ts';
import type { ReadyWatch } from '../../native/binding.ts';
import { SystemError } from '../../native/system-error.ts';
import type { BuiltinSession } from './builtin.ts';

/** What a service wants to hear of next; `end` closes the connection. */
export type Next = 'read' | 'write' | 'end';

/** Serves `fd` by calling `step` whenever what it asked for is possible. */
export function openSession(fd: number, first: Next, step: () => Next, onEnd: () => void): BuiltinSession {
  let watch: ReadyWatch | undefined;
  let wanted: Next | undefined;
  const close = (): boolean => {
    if (watch === undefined) return false;
    watch.close();
    watch = undefined;
    closeFd(fd);
    return true;
  };
  const want = (next: Next): void => {
    if (next === wanted || watch === undefined) return;
    wanted = next;
    if (next !== 'end') watch.want(next === 'read', next === 'write');
    else if (close()) onEnd();
  };
  watch = watchReady(fd, () => {
    want(stepOrEnd(step));
  });
  want(first);
  return { stop: close };
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
  let isStopped = false;
  stepOrEnd(() => {
    send();
    return 'end';
  });
  closeFd(fd);
  queueMicrotask(() => {
    if (!isStopped) onEnd();
  });
  return {
    stop: () => {
      isStopped = true;
    },
  };
}
