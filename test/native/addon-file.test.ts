// Finding the compiled core: from a file deep in the tree, and what is said when there is none.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadAddon } from '../../src/native/addon-file.ts';

describe('the native core', () => {
  test.each(['src/native/binding.ts', 'dist/xinetd-ts.js', 'dist/deeper/still.js'])('is found from %s', (place) => {
    expect(loadAddon(new URL(`../../${place}`, import.meta.url).href)).toHaveProperty('launch');
  });
  test('that is missing is an error with every place', () => {
    const folder = mkdtempSync(join(tmpdir(), 'no-core-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const load = (): unknown => loadAddon(pathToFileURL(join(folder, 'dist/xinetd-ts.js')).href);
    expect(load).toThrow(/build\/Release\/xinetd-ts\.node: Cannot find module[^]*prebuilds/);
  });
});
