// How fast a decision is: against lists of 1 000 and 100 000 rules, and how long a list takes to compile.
//
//   npx esbuild test/bench/decide.ts --bundle --platform=node --format=esm --outfile=/tmp/decide.mjs && node /tmp/decide.mjs

import type { AddressPattern } from '../../src/config/attributes/values.ts';
import { compileAccess } from '../../src/policy/address.ts';
import type { AccessTable } from '../../src/policy/address.ts';
import { decide } from '../../src/policy/decide.ts';
import { compilePrefixes } from '../../src/policy/prefix-set.ts';
import { sourceOf } from '../../src/policy/source.ts';
import type { Source } from '../../src/policy/source.ts';
import { requestWith, serviceWith, spanAt } from '../policy/facts.ts';

const SOURCES = 4096;

/** A fixed sequence of 32-bit numbers, so that runs compare. */
function randomWords(count: number): readonly number[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  });
}

function rulesOf(count: number): readonly AddressPattern[] {
  return randomWords(count).map((address, place) => ({
    kind: 'ipv4',
    form: 'net',
    text: '',
    span: spanAt(place),
    address,
    mask: 0xffff_ff00,
  }));
}

function ipv6RulesOf(count: number): readonly AddressPattern[] {
  return randomWords(count).map((low, place) => ({
    kind: 'ipv6',
    form: 'net',
    text: '',
    span: spanAt(place),
    words: [0x2001_0db8, low, 0, 0],
    prefix: 64,
  }));
}

function measure(title: string, rounds: number, run: (round: number) => unknown): void {
  for (let round = 0; round < rounds / 10; round += 1) run(round);
  const begun = performance.now();
  for (let round = 0; round < rounds; round += 1) run(round);
  const elapsedMs = performance.now() - begun;
  console.log(
    `${title}: ${Math.round((rounds / elapsedMs) * 1000)}/s, ${((elapsedMs / rounds) * 1000).toFixed(3)} µs each`,
  );
}

const ipv4Sources: readonly Source[] = randomWords(SOURCES).map((word) => sourceOf(4, 1, 'a', [word, 0, 0, 0]));
const ipv6Sources: readonly Source[] = randomWords(SOURCES).map((word) =>
  sourceOf(6, 1, 'a', [0x2001_0db8, word + 1, 0, 0]),
);

for (const count of [20, 1_000, 100_000]) {
  const service = serviceWith({
    only_from: rulesOf(count),
    no_access: rulesOf(count).map((rule) => ({ ...rule, kind: 'ipv4', form: 'net', address: 1, mask: 0xffff_ffff })),
    instances: 1000,
    per_source: 10,
    max_load: 1000,
    cps: { connections: 1e9, waitSeconds: 1 },
    access_times: [{ startMinute: 0, endMinute: 1439 }],
  });
  const access: AccessTable = compileAccess(service.config);
  const requests = ipv4Sources.map((source) => requestWith({}, { service, access, source }));
  const [first] = requests;
  if (first === undefined) throw new Error('no requests');
  measure(`decide, ${count} rules in each list`, 2_000_000, (round) => decide(requests[round % SOURCES] ?? first));
}

const begun = performance.now();
const wide = compilePrefixes([...rulesOf(100_000), ...ipv6RulesOf(100_000)]);
console.log(`compile 200 000 rules: ${Math.round(performance.now() - begun)} ms`);
const [anyone] = ipv4Sources;
if (anyone === undefined) throw new Error('no sources');
measure('match IPv4 among 100 000', 2_000_000, (round) => wide.match(ipv4Sources[round % SOURCES] ?? anyone));
measure('match IPv6 among 100 000', 2_000_000, (round) => wide.match(ipv6Sources[round % SOURCES] ?? anyone));
