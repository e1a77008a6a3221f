// A directory of its own for a test, and an strerror that needs no addon.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Made now, removed when the test ends. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'xinetd-ts-audit-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

export function strerror(errno: number): string {
  return `error ${errno}`;
}
