// The ends of a connection, as rules, headers and servers need them.

import { localEndpoint } from '../native/binding.ts';
import type { InternetEnd } from '../native/socket-kinds.ts';
import { SystemError } from '../native/system-error.ts';
import { sourceOf } from '../policy/source.ts';
import type { Source } from '../policy/source.ts';

/** The address and port that were called; undefined where the socket does not say. */
export function localEnd(fd: number): Source | undefined {
  try {
    const { family, port, text, words } = localEndpoint(fd);
    return sourceOf(family, port, text, words);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return undefined;
  }
}

/** A source as an end of a connection between hosts; undefined for a unix socket's caller, and for nobody. */
export function internetEnd(source: Source | undefined): InternetEnd | undefined {
  return source === undefined || source.family === 'unix' ? undefined : { ...source, family: source.family };
}
