// The cell of one test file and its tidiness: what a test started is ended after it, and whatever is still running then
// fails the test that left it.

import { afterEach, expect } from 'vitest';
import { processes } from './processes.ts';
import type { RunningProcess } from './processes.ts';
import { until } from './wait.ts';

const bystanders = new Set(processes().map((seen) => seen.pid));
const endings: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
  const left = await leftovers();
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  expect(left.map(({ commandLine }) => commandLine)).toEqual([]);
});

/** Has `end` called after the running test, last registered first. */
export function afterTest(end: () => unknown): void {
  endings.push(end);
}

/** What is still here after two seconds and was not here before. */
async function leftovers(): Promise<readonly RunningProcess[]> {
  return until('no process is left', () => strangers().length === 0 && [], 2000).catch(strangers);
}

function strangers(): readonly RunningProcess[] {
  return processes().filter((seen) => !bystanders.has(seen.pid));
}
