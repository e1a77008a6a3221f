// The end-to-end tests: real servers, real clients, a running daemon. Needs root; about two minutes on two cores.
// Every file runs in namespaces of its own because its worker's "node" is test/e2e/support/node-in-cell.
//
//   npm run build && npx vitest run --config vitest.e2e.config.ts                                  everything
//   npx vitest run --config vitest.e2e.config.ts test/e2e/ftp.e2e.test.ts -t 'transfers'           one test
//   XINETD_TS_DAEMON=/usr/sbin/xinetd npx vitest run --config vitest.e2e.config.ts test/e2e/ftp.e2e.test.ts
//
// XINETD_TS_DAEMON is the command line of the daemon under test, by default `node dist/xinetd-ts.js` of this tree.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

if (process.getuid?.() !== 0) throw new Error('the end-to-end tests need root: they make namespaces and bind port 21');

process.env['XINETD_TS_NODE'] ??= process.execPath;
process.execPath = fileURLToPath(new URL('./test/e2e/support/node-in-cell', import.meta.url));

export default defineConfig({
  test: {
    include: [
      'test/e2e/**/*.e2e.test.ts',
      ...(process.env['XINETD_TS_BOOT'] === '1' ? ['test/e2e/*.boot.test.ts'] : []),
    ],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
