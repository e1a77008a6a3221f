// The bundle as Node's vm loads it: compiled from V8's code cache where that fits. Without it Node compiles half a megabyte at
// each start, which takes as long as all the rest together. Used by start.ts and, to make the cache, by gen/code-cache.ts.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { loadCore } from '../daemon/core.ts';

export interface Program {
  readonly run: () => void;
  /** For the next start; best made when much of the program has run, for it holds what has been compiled. */
  readonly makeCache: () => Buffer;
}

/** Code from the cache cannot import by itself: what is loaded later comes through `importFile`. */
type Body = (
  requireModule: (id: string) => unknown,
  filename: string,
  importFile: (file: string) => Promise<unknown>,
) => void;

/** Beside the program. */
export const CODE_CACHE = 'program.cache';
const FILE = 'program.cjs';
/** Modules of Node's that take milliseconds to load and that listening does not need. */
const LOADED_WHEN_USED = ['node:fs/promises', 'node:timers/promises'];

/** Loads the bundle of `folder`. */
export function loadProgram(folder: string): Program {
  loadCore(join(folder, FILE));
  const filename = join(folder, FILE);
  const script = compile(filename, readCache(folder));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the build wraps it so
  const body = script.runInThisContext() as Body;
  const requireModule = createRequire(filename);
  const requireLazily = (id: string): unknown =>
    LOADED_WHEN_USED.includes(id) ? whenUsed(() => requireModule(id)) : requireModule(id);
  return {
    run: () => body(requireLazily, filename, (file) => import(file.startsWith('./') ? join(folder, file) : file)),
    makeCache: () => script.createCachedData(),
  };
}

function whenUsed(load: () => object): object {
  return new Proxy({}, { get: (_, key) => Reflect.get(load(), key) });
}

/** A function of its own, so that nothing holds the cache any longer. */
function compile(filename: string, cachedData: Buffer | undefined): Script {
  const text = readFileSync(filename, 'latin1');
  return new Script(text, { filename, ...(cachedData === undefined ? {} : { cachedData }) });
}

/** One of another version of Node is rejected by V8, and a missing one does no harm. */
function readCache(folder: string): Buffer | undefined {
  try {
    return readFileSync(join(folder, CODE_CACHE));
  } catch {
    return undefined;
  }
}
