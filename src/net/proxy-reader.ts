// The header of the PROXY protocol at the beginning of a connection: read in whatever pieces it comes, in bounded time and
// length, and not a byte beyond it. Shell without judgement; the descriptor stays the caller's.

import { awaitNews, receiveOrEnd } from './patience.ts';
import { MOST_HEADER_BYTES, parseProxyHeader } from './proxy-parse.ts';
import type { ProxyFinding } from './proxy-parse.ts';

/** `nothing`: the other side left without a word. */
export type ProxyNews = Exclude<ProxyFinding, { kind: 'unfinished' }> | { readonly kind: 'nothing' };

/** Reads the header; `onNews` is told once, at once where it is there already. */
export function readProxyHeader(fd: number, limitMs: number, onNews: (news: ProxyNews) => void): void {
  awaitNews(fd, { take: headerReader(fd), limitMs, otherwise: { kind: 'bad', why: 'has not come in time' } }, onNews);
}

function headerReader(fd: number): () => ProxyNews | undefined {
  const bytes = new Uint8Array(MOST_HEADER_BYTES);
  let length = 0;
  return () => {
    for (;;) {
      const finding = parseProxyHeader(bytes.subarray(0, length));
      if (finding.kind !== 'unfinished') return finding;
      const received = receiveOrEnd(fd, bytes.subarray(length, length + finding.least));
      if (received === undefined) return undefined;
      if (received === 0) return length === 0 ? { kind: 'nothing' } : { kind: 'bad', why: 'is unfinished' };
      length += received;
    }
  };
}
