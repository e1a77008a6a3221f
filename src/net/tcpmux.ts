// The first line of a tcpmux connection (RFC 1078): the name of a service, read in whatever pieces it comes, in bounded
// time and length. Not a byte is taken beyond the end of the line: what follows belongs to the service.
// Shell without judgement; the descriptor stays the caller's.

import { receiveNow, setBlocking } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import { watchOrNothing } from './watch.ts';

/** `nothing`: the caller left without a word; `unfinished`: it left, broke the connection or ran out of time. */
export type FirstLine =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'too long' | 'nothing' | 'unfinished' };

/** Longest name with the end of its line. */
export const MOST_NAME_BYTES = 256;
const LINE_FEED = 0x0a;

/** Reads the name; `onLine` is told once, at once where the line is there already. Returns how to stop. */
export function readFirstLine(fd: number, limitMs: number, onLine: (line: FirstLine) => void): () => void {
  const read = lineReader(fd);
  const first = read();
  const watch = first === undefined ? watchOrNothing(fd, () => finish(read())) : undefined;
  if (watch === undefined) {
    onLine(first ?? { kind: 'unfinished' });
    return () => {};
  }
  const stop = (): void => {
    clearTimeout(timer);
    watch.close();
  };
  const finish = (line: FirstLine | undefined): void => {
    if (line === undefined) return;
    stop();
    setBlocking(fd, true);
    onLine(line);
  };
  const timer = setTimeout(() => finish({ kind: 'unfinished' }), limitMs);
  watch.want(true, false);
  return stop;
}

/** Takes what is there, byte by byte; undefined until the line is whole or cannot become so. */
function lineReader(fd: number): () => FirstLine | undefined {
  const bytes = Buffer.alloc(MOST_NAME_BYTES);
  let length = 0;
  return () => {
    while (length < MOST_NAME_BYTES) {
      const received = receiveByte(fd, bytes.subarray(length, length + 1));
      if (received === undefined) return undefined;
      if (received === 0) return { kind: length === 0 ? 'nothing' : 'unfinished' };
      if (bytes[length] === LINE_FEED) return { kind: 'name', name: nameIn(bytes.toString('latin1', 0, length)) };
      length += 1;
    }
    return { kind: 'too long' };
  };
}

function receiveByte(fd: number, into: Uint8Array): number | undefined {
  try {
    return receiveNow(fd, into);
  } catch (error) {
    if (error instanceof SystemError) return 0;
    throw error;
  }
}

/** The line ends in CR LF, or in LF alone. */
function nameIn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
