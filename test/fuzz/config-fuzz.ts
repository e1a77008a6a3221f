// Mutation fuzzer of the configuration language, to be run for as long as one likes:
//   npx esbuild test/fuzz/config-fuzz.ts --bundle --platform=node --format=esm --outfile=build/config-fuzz.mjs
//   node build/config-fuzz.mjs SEED_DIRECTORY SECONDS [NUMBER]
// Takes the files of a directory, damages and mixes them, and loads the result. A finding is an exception, a load
// of more than two seconds, or memory that keeps growing; the input that did it is written to the working directory.
// NUMBER starts the random sequence, so that a run can be repeated.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { loadConfig } from '../../src/config/load.ts';
import { renderLog, renderTerminal } from '../../src/config/render.ts';
import { fakePorts } from '../support/fake-ports.ts';

/** What is fuzzed: everything a configuration goes through, down to the text of its findings. */
type Target = (text: string) => void;

const SLOW_MS = 2000;
const MEMORY_LIMIT_BYTES = 1 << 30;
const MAX_INPUT = 256 * 1024;

const DICTIONARY = [
  'service x\n{\n',
  '\n}\n',
  'defaults\n{\n',
  'include /main\n',
  'includedir /d\n',
  ' = ',
  ' += ',
  ' -= ',
  '\0',
  '\r\n',
  'disable = yes',
  'UNLIMITED',
  '-1',
  '99999999999999999999',
  '0.0.0.0/0',
  '::/0',
  '{1,2}',
  '255.255.255.255',
  '%s%n',
];

const loadAndRender: Target = (text) => {
  const files = { '/main': text, '/inetd': text, '/d/a': text.slice(0, 2000), '/d/b': 'include /d/a\n' };
  const options = { path: '/main', baseDirectory: '/', inetdPath: '/inetd' };
  for (const finding of loadConfig(options, fakePorts(files)).diagnostics.slice(0, 200)) {
    renderLog(finding);
    renderTerminal(finding);
  }
};

run(loadAndRender, process.argv.slice(2));

function run(target: Target, [directory = '.', seconds = '10', number = '1']: readonly string[]): void {
  const seeds = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(directory, entry.name), 'latin1').slice(0, MAX_INPUT));
  const random = generator(Number(number));
  const deadline = performance.now() + Number(seconds) * 1000;
  let executions = 0;
  let slowestMs = 0;
  while (performance.now() < deadline) {
    slowestMs = Math.max(slowestMs, execute(target, mutate(pick(seeds, random) ?? '', seeds, random)));
    executions += 1;
  }
  const megabytes = Math.round(process.memoryUsage().rss / 1e6);
  process.stdout.write(`${executions} executions, slowest ${slowestMs.toFixed(1)} ms, ${megabytes} MB\n`);
}

/** Runs one input; returns how long it took. */
function execute(target: Target, text: string): number {
  const startedMs = performance.now();
  try {
    target(text);
  } catch (error) {
    report(text, error);
  }
  const tookMs = performance.now() - startedMs;
  if (tookMs > SLOW_MS) report(text, new Error(`took ${tookMs} ms`));
  if (process.memoryUsage.rss() > MEMORY_LIMIT_BYTES) report(text, new Error('uses too much memory'));
  return tookMs;
}

function report(text: string, error: unknown): never {
  const file = `finding-${Date.now()}.conf`;
  writeFileSync(file, text, 'latin1');
  throw new Error(`finding kept in ${file}`, { cause: error });
}

type Random = (below: number) => number;

/** A small xorshift: the same number gives the same sequence. */
function generator(start: number): Random {
  let state = (start * 2_654_435_761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, below);
  };
}

function pick<Item>(items: readonly Item[], random: Random): Item | undefined {
  return items[random(items.length)];
}

function mutate(seed: string, seeds: readonly string[], random: Random): string {
  let text = seed;
  for (let round = random(8); round >= 0; round -= 1) text = mutateOnce(text, seeds, random);
  return text.slice(0, MAX_INPUT);
}

function mutateOnce(text: string, seeds: readonly string[], random: Random): string {
  const at = random(text.length + 1);
  const length = random(random(4) === 0 ? 4000 : 40);
  const before = text.slice(0, at);
  const after = text.slice(at + length);
  switch (random(6)) {
    case 0:
      return before + after;
    case 1:
      return before + String.fromCharCode(random(256)) + text.slice(at);
    case 2:
      return before + (pick(DICTIONARY, random) ?? '') + text.slice(at);
    case 3:
      return before + text.slice(at, at + length).repeat(random(50)) + after;
    case 4:
      return before + (pick(seeds, random) ?? '').slice(at, at + length) + text.slice(at);
    default:
      return before + text.slice(at, at + length).replaceAll(/[ \n]/gu, () => (random(2) === 0 ? '\t' : '')) + after;
  }
}
