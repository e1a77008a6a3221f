// This end of a connection, as rules and headers need it.

import { localEndpoint } from '../native/binding.ts';
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
