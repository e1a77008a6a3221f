// Builds what is shipped: dist/xinetd-ts.js (executable, its heavy packages in chunks of their own that load when
// needed) and dist/gen.js (the generator of manual pages and tables). Run by `npm run build`.

import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

// A daemon that root starts must not be steered by these two, and the first costs 50 ms of start-up; SIGUSR1 asks for
// the state dump, but starts Node's debugger until our listener stands: its address is one that cannot be bound.
const HASH_BANG = '#!/usr/bin/env -S -u NODE_EXTRA_CA_CERTS -u NODE_OPTIONS node --inspect-port=192.0.2.1:65535';

// The CommonJS packages inside the bundle call `require` for Node's own modules.
const REQUIRE =
  "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);";

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'warning',
};

rmSync(`${root}/dist`, { recursive: true, force: true });
await build({
  ...common,
  entryPoints: { 'xinetd-ts': 'src/cli/main.ts' },
  outdir: 'dist',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  banner: { js: REQUIRE },
});
const program = `${root}/dist/xinetd-ts.js`;
writeFileSync(program, `${HASH_BANG}\n${readFileSync(program, 'utf8')}`);
chmodSync(program, 0o755);
if (existsSync(`${root}/src/gen/main.ts`)) {
  await build({ ...common, entryPoints: { gen: 'src/gen/main.ts' }, outdir: 'dist', banner: { js: REQUIRE } });
}
