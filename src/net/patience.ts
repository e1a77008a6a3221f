// Waiting for what the other side of a connection has to say first, in bounded time. The descriptor stays the caller's.

import { receiveNow, setBlocking } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import { watchOrNothing } from './watch.ts';

/** What is waited for, and what is said instead when it does not come in time. */
export interface Awaited<News> {
  /** Takes what is there; undefined until there is something to tell. */
  readonly take: () => News | undefined;
  readonly limitMs: number;
  readonly otherwise: News;
}

/** Tells the news once, at once where they are there already. Returns how to stop. */
export function awaitNews<News>(
  fd: number,
  { take, limitMs, otherwise }: Awaited<News>,
  onNews: (news: News) => void,
): () => void {
  const first = take();
  const watch = first === undefined ? watchOrNothing(fd, () => finish(take())) : undefined;
  if (watch === undefined) {
    onNews(first ?? otherwise);
    return () => {};
  }
  const stop = (): void => {
    clearTimeout(timer);
    watch.close();
  };
  const finish = (news: News | undefined): void => {
    if (news === undefined) return;
    stop();
    setBlocking(fd, true);
    onNews(news);
  };
  const timer = setTimeout(() => finish(otherwise), limitMs);
  watch.want(true, false);
  return stop;
}

/** The number of bytes received, 0 at the end and on a broken connection, undefined when there is nothing yet. */
export function receiveOrEnd(fd: number, into: Uint8Array): number | undefined {
  try {
    return receiveNow(fd, into);
  } catch (error) {
    if (error instanceof SystemError) return 0;
    throw error;
  }
}
