// The fast tests: everything under test/ that needs neither root nor a built daemon.
// Tests named *.root.test.ts join in when root runs them; test/e2e has its own configuration.

import { defineConfig } from 'vitest/config';

const isRoot = process.getuid?.() === 0;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', ...(isRoot ? [] : ['test/**/*.root.test.ts'])],
    pool: 'forks',
    testTimeout: 10_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/gen/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        'src/policy/**': { lines: 100, branches: 98 },
        'src/net/**': { lines: 98, branches: 95 },
        'src/launch/**': { lines: 98, branches: 88 },
        'src/native/**': { lines: 98, branches: 75 },
      },
    },
  },
});
