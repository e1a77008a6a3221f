// Builds what is shipped: dist/xinetd-ts.js (executable), the heavy packages beside it in dist/chunks, which load only
// when first needed, and dist/gen.js (the generator of manual pages and tables). Run by `npm run build`.
// CommonJS on purpose: Node starts it 3 ms sooner than ES modules; hence no top-level await in src.

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

// Heavy packages: file of the chunk and how the chunk is built.
const CHUNKS = {
  winston: { file: 'winston.cjs', options: commonJs },
  yargs: { file: 'yargs.mjs', options: { ...common, format: 'esm', banner: { js: REQUIRE } } },
};

const heavyPackagesApart = {
  name: 'heavy-packages-apart',
  setup(building) {
    building.onResolve({ filter: /^(winston|yargs)$/ }, ({ path, kind }) => {
      const { file } = CHUNKS[path];
      if (file.endsWith('.mjs') && kind !== 'dynamic-import') {
        return { errors: [{ text: `${path} is loaded when needed: use await import('${path}')` }] };
      }
      return { path: `./chunks/${file}`, external: true };
    });
  },
};

rmSync(`${root}/dist`, { recursive: true, force: true });
const program = `${root}/dist/xinetd-ts.js`;
await build({ ...commonJs, entryPoints: ['src/cli/main.ts'], outfile: program, plugins: [heavyPackagesApart] });
writeFileSync(program, `${HASH_BANG}\n${readFileSync(program, 'utf8')}`);
chmodSync(program, 0o755);
for (const [name, { file, options }] of Object.entries(CHUNKS)) {
  await build({ ...options, entryPoints: [name], outfile: `dist/chunks/${file}` });
}
if (existsSync(`${root}/src/gen/main.ts`)) {
  await build({ ...commonJs, entryPoints: ['src/gen/main.ts'], outfile: 'dist/gen.js' });
}
writeFileSync(`${root}/dist/package.json`, '{ "type": "commonjs" }\n');
