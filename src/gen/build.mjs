// Builds what is shipped: dist/xinetd-ts.js (executable), which runs dist/program.cjs, the heavy packages beside it in
// dist/chunks, which load only when first needed, and dist/gen.js (the generator of manual pages and tables). Run by `npm run build`.
// CommonJS on purpose: Node starts it 3 ms sooner than ES modules; hence no top-level await in src.

// oxlint-disable-next-line no-restricted-imports -- runs while building, never in the daemon
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));

// A daemon that root starts must not be steered by these two, and the first costs 30 ms of start-up; SIGUSR1 asks for
// the state dump, but starts Node's debugger until our listener stands: its address is one that cannot be bound.
const HASH_BANG = '#!/usr/bin/env -S -u NODE_EXTRA_CA_CERTS -u NODE_OPTIONS node --inspect-port=192.0.2.1:65535';

const IMPORT_META = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";
const REQUIRE =
  "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);";

const common = { absWorkingDir: root, bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };
const commonJs = {
  ...common,
  format: 'cjs',
  define: { 'import.meta.url': 'importMetaUrl', XINETD_TS_VERSION: JSON.stringify(version) },
  banner: { js: IMPORT_META },
};

// Heavy packages: file of the chunk and how the chunk is built. Of winston the part that is used, with Node's own streams
// instead of the copy it brings and without its debug output: it stays in memory as long as the daemon runs.
const nodeStreams = {
  name: 'node-streams',
  setup(building) {
    building.onResolve({ filter: /^readable-stream(\/|$)/ }, ({ path }) => ({ path, namespace: 'node-streams' }));
    building.onLoad({ filter: /.*/, namespace: 'node-streams' }, ({ path }) => ({
      contents: `module.exports = require('node:stream')${path.endsWith('_writable.js') ? '.Writable' : ''};`,
    }));
  },
};
const quiet = { ...commonJs.define, 'process.env.NODE_ENV': '"production"' };
const CHUNKS = {
  'winston/lib/winston/create-logger.js': {
    file: 'winston.cjs',
    options: { ...commonJs, define: quiet, plugins: [nodeStreams] },
  },
  yargs: { file: 'yargs.mjs', options: { ...common, format: 'esm', banner: { js: REQUIRE } } },
};

const heavyPackagesApart = {
  name: 'heavy-packages-apart',
  setup(building) {
    building.onResolve({ filter: /^(winston\/.*|yargs)$/ }, ({ path, kind }) => {
      const { file } = CHUNKS[path];
      if (file.endsWith('.mjs') && kind !== 'dynamic-import') {
        return { errors: [{ text: `${path} is loaded when needed: use await import('${path}')` }] };
      }
      return { path: `./chunks/${file}`, external: true };
    });
  },
};

rmSync(`${root}/dist`, { recursive: true, force: true });
const command = `${root}/dist/xinetd-ts.js`;
const bundle = { entryPoints: ['src/cli/main.ts'], outfile: 'dist/program.cjs', plugins: [heavyPackagesApart] };
await build({ ...commonJs, ...bundle });
const text = readFileSync(`${root}/dist/program.cjs`, 'utf8').replaceAll('import("', 'importFile("');
writeFileSync(`${root}/dist/program.cjs`, `(function (require, __filename, importFile) {${text}\n})`); // for src/cli/program.ts
await build({ ...commonJs, banner: {}, entryPoints: ['src/cli/start.ts'], outfile: command });
writeFileSync(command, `${HASH_BANG}\n${readFileSync(command, 'utf8')}`);
chmodSync(command, 0o755);
for (const [name, { file, options }] of Object.entries(CHUNKS)) {
  await build({
    ...options,
    minify: true,
    legalComments: 'inline',
    entryPoints: [name],
    outfile: `dist/chunks/${file}`,
  });
}
if (existsSync(`${root}/src/gen/main.ts`)) {
  await build({ ...commonJs, entryPoints: ['src/gen/main.ts'], outfile: 'dist/gen.js', plugins: [heavyPackagesApart] });
}
writeFileSync(`${root}/dist/package.json`, '{ "type": "commonjs" }\n');
await makeCodeCache();

/** Only start-up time depends on it: without a native core, or where nothing may listen, there is none. */
async function makeCodeCache() {
  const maker = `${root}/dist/code-cache.js`;
  await build({ ...commonJs, banner: {}, entryPoints: ['src/gen/code-cache.ts'], outfile: maker });
  const { status, stderr } = spawnSync(process.execPath, [maker], { encoding: 'utf8', timeout: 30_000 });
  rmSync(maker);
  if (status !== 0) process.stderr.write(`no code cache, the program starts slower: ${stderr.trim()}\n`);
}
