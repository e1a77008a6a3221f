// The native core comes before the program, which asks for it later: it changes a flag of V8's (native/trim.c), too late for what
// has run before, and the code cache is valid under the same flags alone.

import { pathToFileURL } from 'node:url';
import { loadAddon } from '../native/addon-file.ts';

/** Loads the core for the program in `file`. Where that cannot be done, the program will say why. */
export function loadCore(file: string): void {
  try {
    loadAddon(pathToFileURL(file).href);
  } catch {
    return;
  }
}
