// The % expansions of hosts_access(5): who calls and who is called, safe to put into a shell command. Pure.

import { isKnownName, UNKNOWN_TEXT } from './hosts-pattern.ts';
import type { MatchedHost } from './hosts-pattern.ts';

/** One request as rules and their commands see it. */
export interface WrappedRequest {
  readonly daemon: string;
  readonly client: MatchedHost & { readonly port: number };
  readonly server: MatchedHost & { readonly port: number };
  /** The daemon's, for `%p`. */
  readonly pid: number;
}

/** What the library would not put into a larger buffer either. */
const LONGEST = 8191;
/** Everything else becomes an underscore, lest a name that a caller chose be a command. */
const UNSAFE = /[^1234567890!@%\-_=+:,./a-zA-Z]/g;

const VALUES: { readonly [letter: string]: (request: WrappedRequest) => string } = {
  a: ({ client }) => client.address,
  A: ({ server }) => server.address,
  c: ({ client }) => infoOf(client),
  d: ({ daemon }) => daemon,
  h: ({ client }) => infoOf(client),
  H: ({ server }) => infoOf(server),
  n: ({ client }) => firstName(client),
  N: ({ server }) => firstName(server),
  p: ({ pid }) => String(pid),
  r: ({ client }) => String(client.port),
  R: ({ server }) => String(server.port),
  s: ({ daemon, server }) => {
    const info = infoOf(server);
    return info === UNKNOWN_TEXT ? daemon : `${daemon}@${info}`;
  },
  u: () => UNKNOWN_TEXT,
};

/** Expands the letters; an unknown one expands to nothing. Undefined: the result is too long. */
export function expandPercent(text: string, request: WrappedRequest): string | undefined {
  const expanded = text.replace(/%(.)/gs, (_, letter: string) => {
    if (letter === '%') return '%';
    return VALUES[letter]?.(request).replace(UNSAFE, '_') ?? '';
  });
  return expanded.length > LONGEST ? undefined : expanded;
}

function firstName(host: MatchedHost): string {
  return host.names()[0] ?? UNKNOWN_TEXT;
}

function infoOf(host: MatchedHost): string {
  const name = firstName(host);
  return isKnownName(name) ? name : host.address;
}
