// The packages of this tree: made in a copy of it, so that nobody who works with the tree notices.

import { cpSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { output } from './command.ts';
import { REPOSITORY } from './daemon.ts';

const LEFT_BEHIND: ReadonlySet<string> = new Set([
  'node_modules',
  'build',
  'dist',
  'prebuilds',
  '.git',
  'test',
  'coverage',
]);

/** The folder of the Node.js that runs the tests. */
export const NODE_FOLDER = dirname(process.env['XINETD_TS_NODE'] ?? process.execPath);

/** Packs a copy of the tree with npm; hands back the folder, the npm package and the Debian package. */
export async function packTree(): Promise<{ readonly npm: string; readonly deb: string }> {
  const folder = mkdtempSync('/tmp/xinetd-packed.');
  for (const entry of readdirSync(REPOSITORY).filter((name) => !LEFT_BEHIND.has(name))) {
    cpSync(join(REPOSITORY, entry), join(folder, entry), { recursive: true });
  }
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  const options = { cwd: folder, limitMs: 120_000 };
  const packed = await output('npm', ['pack', '--silent'], options);
  const deb = await output('node', ['src/gen/deb.mjs', folder], options);
  return { npm: join(folder, packed.trim().split('\n').at(-1) ?? ''), deb: deb.trim() };
}
