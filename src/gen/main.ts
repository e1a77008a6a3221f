// `npm run gen`: writes manual pages, reference pages and grammar files from the tables; `--check` writes nothing and
// fails where a file differs. Reads the frames and package.json, prints one line per file that changed or differs.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { generatedFiles } from './pages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
const frame = (name: string): string => read(`src/gen/man/${name}`);

function main(isCheck: boolean): void {
  // The version is a string in every package.json.
  const { version } = JSON.parse(read('package.json')) as { readonly version: string };
  const frames = {
    'xinetd-ts.8': frame('xinetd-ts.8'),
    'xinetd.conf.5': frame('xinetd.conf.5'),
    'xinetd.log.5': frame('xinetd.log.5'),
  };
  for (const [path, text] of Object.entries(generatedFiles(frames, version))) {
    if (existsSync(`${root}${path}`) && read(path) === text) continue;
    console.log(`${path}: ${isCheck ? 'differs, run npm run gen' : 'written'}`);
    if (isCheck) process.exitCode = 1;
    else write(path, text);
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(`${root}${path}`), { recursive: true });
  writeFileSync(`${root}${path}`, text);
}

main(process.argv.includes('--check'));
