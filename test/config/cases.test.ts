// Whole configurations as files: test/fixtures/config/*.case holds the text, a line `----`, and what comes of it:
// the ids of the services, what was left out and why, and every finding as `line:column code`.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadText, place } from '../support/load-text.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/config');
const RULE = '\n----\n';

function outcome(text: string): string {
  const { services, leftOut, diagnostics, isFatal } = loadText(text);
  const lines = [
    `services: ${services.map(({ config }) => config.id).join(' ')}`.trimEnd(),
    ...leftOut.map(({ id, why }) => `left out: ${id} (${why})`),
    ...(isFatal ? ['fatal'] : []),
    ...diagnostics.map(place),
  ];
  return `${lines.join('\n')}\n`;
}

describe('the configuration', () => {
  test.each(readdirSync(FOLDER).filter((file) => file.endsWith('.case')))('%s comes out as written', (file) => {
    const text = readFileSync(join(FOLDER, file), 'latin1');
    const rule = text.indexOf(RULE);
    expect(outcome(text.slice(0, rule + 1))).toBe(text.slice(rule + RULE.length));
  });
});
