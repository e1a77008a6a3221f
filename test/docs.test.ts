// The documents are true: generated ones are fresh, links lead somewhere, differences are numbered in order,
// samples load.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { ATTRIBUTES } from '../src/config/attributes/index.ts';
import { CODES } from '../src/config/codes.ts';
import { generatedFiles } from '../src/gen/pages.ts';

const read = (path: string): string => readFileSync(path, 'utf8');
const frame = (name: string): string => read(`src/gen/man/${name}`);
const { version } = JSON.parse(read('package.json')) as { readonly version: string };

const generated = generatedFiles(
  {
    'xinetd-ts.8': frame('xinetd-ts.8'),
    'xinetd.conf.5': frame('xinetd.conf.5'),
    'xinetd.log.5': frame('xinetd.log.5'),
  },
  version,
);

const pages = [
  ...readdirSync('.').filter((file) => file.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

describe('a generated file', () => {
  test.each(Object.keys(generated))('%s is what npm run gen writes', (path) => {
    expect(existsSync(path) ? read(path) : '').toBe(generated[path]);
  });
});

describe('the reference pages', () => {
  test.each(ATTRIBUTES)('describe $name in both manual and page', ({ name, summary, manual }) => {
    expect(read('docs/man/xinetd.conf.5')).toContain(`\\fB${name}`);
    expect(read('docs/attributes.md')).toContain(`\n## ${name}\n`);
    expect(summary.length * manual.length).toBeGreaterThan(0);
  });

  test.each(Object.entries(CODES))('explain %s and its remedy', (code, { explanation, fix }) => {
    expect(read('docs/diagnostics.md')).toContain(`\n## ${code}\n`);
    expect(explanation.length * fix.length).toBeGreaterThan(0);
  });
});

describe('a page', () => {
  test.each(pages)('%s links only to what exists', (page) => {
    const targets = [...read(page).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, target]) => target ?? '');
    expect(targets.filter((target) => !existsSync(join(dirname(page), target)))).toEqual([]);
  });
});

describe('the differences from xinetd', () => {
  const numbers = [...read('docs/compatibility.md').matchAll(/^\*\*D(\d+)\*\*/gm)].map(([, number]) => Number(number));

  test('are numbered from one without a gap', () => {
    expect(numbers.toSorted((left, right) => left - right)).toEqual(numbers.map((_, index) => index + 1));
  });

  test('cited in the sources are documented', () => {
    const cited = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|c|h)$/.test(file))
      .flatMap((file) => [...read(`src/${file}`).matchAll(/differs: D(\d+)/g)].map(([, number]) => Number(number)));
    expect(cited.filter((number) => !numbers.includes(number))).toEqual([]);
  });
});
