// Finds and loads the compiled native core: the local build of a clone first, then the prebuilt binary of the package.
// The file that asks may be src/native/ or the bundle in dist/, so the package root is looked for upwards.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Loads the native core for the module at `moduleUrl`; throws one Error that names every file tried and why it failed. */
export function loadAddon(moduleUrl: string): unknown {
  const require = createRequire(moduleUrl);
  const failures: string[] = [];
  for (const file of candidates(packageRoot(dirname(fileURLToPath(moduleUrl))))) {
    try {
      return require(file);
    } catch (error) {
      failures.push(`${file}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
    }
  }
  throw new Error(
    `cannot load the native core (build it with \`node src/native/install.mjs\`)\n  ${failures.join('\n  ')}`,
  );
}

function candidates(root: string): readonly string[] {
  return [
    join(root, 'build', 'Release', 'xinetd-ts.node'),
    join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'xinetd-ts.node'),
  ];
}

/** The nearest folder upwards that a core can be in; the starting folder itself when there is none. */
function packageRoot(from: string): string {
  for (let folder = from; dirname(folder) !== folder; folder = dirname(folder)) {
    if (['binding.gyp', 'prebuilds'].some((name) => existsSync(join(folder, name)))) return folder;
  }
  return from;
}
