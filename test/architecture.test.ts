// The tree tests itself: rooms import only to their left, pure files know nothing of Node, files stay small,
// attribute rows name the file that honours them. The table is docs/architecture.md's.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { ATTRIBUTES } from '../src/config/attributes/index.ts';

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  native: [],
  config: [],
  policy: ['config'],
  audit: ['config', 'policy', 'native'],
  net: ['config', 'native'],
  launch: ['config', 'native'],
  daemon: ['config', 'policy', 'audit', 'net', 'launch', 'native'],
  cli: ['config', 'daemon'],
  gen: ['config', 'policy', 'audit', 'cli'],
};

const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  config: ['ipaddr.js'],
  policy: ['ipaddr.js'],
  audit: ['winston/lib/winston/create-logger.js'],
  daemon: ['lru-cache'],
  cli: ['yargs'],
};

/** Pure besides the whole of config and policy. */
const PURE_FILES = [
  'audit/address-form.ts',
  'audit/event.ts',
  'audit/format.ts',
  'audit/lines.ts',
  'audit/record.ts',
  'audit/transcript.ts',
  'net/endpoint.ts',
  'net/ident-reply.ts',
  'launch/plan.ts',
  'launch/environment.ts',
  'daemon/diff.ts',
  'cli/options.ts',
  'cli/completion-scripts.ts',
  'cli/convert/blocks.ts',
  'cli/convert/losses.ts',
  'cli/convert/prefixes.ts',
  'cli/convert/report.ts',
  'cli/convert/service-lines.ts',
  'cli/convert/unit-text.ts',
  'cli/convert/units.ts',
];

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .toSorted();

const room = (file: string): string => file.split('/')[0] ?? '';
const isPure = (file: string): boolean => ['config', 'policy'].includes(room(file)) || PURE_FILES.includes(file);

/** What a file imports, relative paths resolved to paths below src. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(`src/${file}`, 'utf8');
  const found = text.matchAll(
    /^\s*(?:import|export)\b[^;']*?from '([^']+)'|\bimport\(\s*'([^']+)'|^import '([^']+)'/gm,
  );
  return [...found].map(([, from, dynamic, bare]) => {
    const target = from ?? dynamic ?? bare ?? '';
    return target.startsWith('.') ? new URL(target, `file:///${file}`).pathname.slice(1) : target;
  });
}

const isPackage = (target: string): boolean => !target.startsWith('node:') && !target.endsWith('.ts');

describe('a source file', () => {
  test.each(files)('%s imports only rooms to its left', (file) => {
    const here = room(file);
    const strangers = importsOf(file)
      .filter((target) => target.endsWith('.ts') && room(target) !== here)
      .filter((target) => MAY_IMPORT[here]?.includes(room(target)) !== true);
    expect(strangers).toEqual([]);
  });

  test.each(files)('%s uses only the packages of its room', (file) => {
    const allowed = MAY_USE[room(file)] ?? [];
    expect(importsOf(file).filter((target) => isPackage(target) && !allowed.includes(target))).toEqual([]);
  });

  test.each(files.filter((file) => room(file) !== 'gen'))('%s starts no process behind the launcher', (file) => {
    expect(readFileSync(`src/${file}`, 'utf8')).not.toMatch(/['"](node:)?child_process['"]/);
  });

  test.each(files)('%s has at most 300 lines and opens with a comment', (file) => {
    const text = readFileSync(`src/${file}`, 'utf8');
    expect(text.split('\n').length).toBeLessThanOrEqual(301);
    expect(text).toMatch(/^(\/\/ .+\n){1,8}/);
  });
});

describe('a pure file', () => {
  test.each(files.filter(isPure))('%s imports nothing of Node', (file) => {
    expect(importsOf(file).filter((target) => target.startsWith('node:'))).toEqual([]);
  });

  test.each(files.filter(isPure))('%s reads neither clock nor chance', (file) => {
    expect(readFileSync(`src/${file}`, 'utf8')).not.toMatch(
      /Date\.now\(|new Date\(\)|Math\.random\(|\bprocess\.|console\./,
    );
  });
});

describe('an attribute', () => {
  test.each(ATTRIBUTES)('$name is honoured where its row says', (row) => {
    expect(existsSync(`src/${row.actsIn}`)).toBe(true);
    expect(readFileSync(`src/${row.actsIn}`, 'utf8')).toContain(row.name);
  });
});
