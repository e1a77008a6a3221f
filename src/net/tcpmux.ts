// The first line of a tcpmux connection (RFC 1078): the name of a service, read in whatever pieces it comes, in bounded
// time and length. Not a byte is taken beyond the end of the line: what follows belongs to the service.
// Shell without judgement; the descriptor stays the caller's.

import { awaitNews, receiveOrEnd } from './patience.ts';

/** `nothing`: the caller left without a word; `unfinished`: it left, broke the connection or ran out of time. */
export type FirstLine =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'too long' | 'nothing' | 'unfinished' };

/** Longest name with the end of its line. */
export const MOST_NAME_BYTES = 256;
const LINE_FEED = 0x0a;

/** Reads the name; `onLine` is told once, at once where the line is there already. Returns how to stop. */
export function readFirstLine(fd: number, limitMs: number, onLine: (line: FirstLine) => void): () => void {
  return awaitNews(fd, { take: lineReader(fd), limitMs, otherwise: { kind: 'unfinished' } }, onLine);
}

/** Takes what is there, byte by byte; undefined until the line is whole or cannot become so. */
function lineReader(fd: number): () => FirstLine | undefined {
  const bytes = Buffer.alloc(MOST_NAME_BYTES);
  let length = 0;
  return () => {
    while (length < MOST_NAME_BYTES) {
      const received = receiveOrEnd(fd, bytes.subarray(length, length + 1));
      if (received === undefined) return undefined;
      if (received === 0) return { kind: length === 0 ? 'nothing' : 'unfinished' };
      if (bytes[length] === LINE_FEED) return { kind: 'name', name: nameIn(bytes.toString('latin1', 0, length)) };
      length += 1;
    }
    return { kind: 'too long' };
  };
}

/** The line ends in CR LF, or in LF alone. */
function nameIn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
