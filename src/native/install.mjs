// Makes sure that the native core can be loaded: a prebuilt binary that loads is enough, in a clone if it is no older than
// its sources; otherwise it is compiled with node-gyp. Run by npm after installing, or by hand: `node src/native/install.mjs`.
// With `--prebuild` it always compiles and keeps the result as the prebuilt binary of this platform.
// oxlint-disable-next-line no-restricted-imports -- runs while installing, never in the daemon
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));
const prebuilt = join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'xinetd-ts.node');
const isPrebuilding = process.argv.includes('--prebuild');

if (isPrebuilding || !isFresh(prebuilt) || !loads(prebuilt)) {
  const status = compile();
  if (status !== 0) process.exit(status);
}
if (isPrebuilding) {
  mkdirSync(dirname(prebuilt), { recursive: true });
  copyFileSync(join(root, 'build', 'Release', 'xinetd-ts.node'), prebuilt);
}

/** Times say something in a clone only, and only a clone has the sources that are not compiled here. */
function isFresh(file) {
  const sources = join(root, 'src', 'native');
  if (!existsSync(join(sources, 'binding.ts'))) return true;
  const timesMs = readdirSync(sources).map((name) => statSync(join(sources, name)).mtimeMs);
  return existsSync(file) && statSync(file).mtimeMs >= Math.max(...timesMs);
}

function loads(file) {
  try {
    require(file);
    return true;
  } catch {
    return false;
  }
}

function compile() {
  const { command, prefix } = nodeGyp();
  const headers = headersBesideNode();
  const options = headers === undefined ? [] : [`--nodedir=${headers}`];
  // There is no C++ in it, and a machine may have no compiler for that.
  const env = { LINK: '$(CC.target)', ...process.env };
  const result = spawnSync(command, [...prefix, 'rebuild', ...options], { cwd: root, env, stdio: 'inherit' });
  if (result.error !== undefined || result.status !== 0) {
    process.stderr.write('The native core could not be compiled: gcc, make and python3 are needed.\n');
  }
  return result.status ?? 1;
}

/** npm names its own node-gyp to lifecycle scripts; by hand it is looked for beside the running node, then on PATH. */
function nodeGyp() {
  const beside = join(nodePrefix(), 'lib', 'node_modules', 'npm', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const script = [process.env.npm_config_node_gyp, beside].find((file) => file !== undefined && existsSync(file));
  return script === undefined ? { command: 'node-gyp', prefix: [] } : { command: process.execPath, prefix: [script] };
}

/** Where the headers of the running node are; undefined lets node-gyp use its settings or download them. */
function headersBesideNode() {
  return existsSync(join(nodePrefix(), 'include', 'node', 'node_api.h')) ? nodePrefix() : undefined;
}

function nodePrefix() {
  return dirname(dirname(process.execPath));
}
