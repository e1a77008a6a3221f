// Laws of policy: a decision is total, the compiled lists say what a naive reading says, and narrowing narrows.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AddressPattern } from '../../src/config/attributes/values.ts';
import { decide } from '../../src/policy/decide.ts';
import { explain } from '../../src/policy/explain.ts';
import { compilePrefixes } from '../../src/policy/prefix-set.ts';
import type { HostName } from '../../src/policy/request.ts';
import type { Source } from '../../src/policy/source.ts';
import { domainRule, hostRule, ipv4, ipv4Rule, ipv6, ipv6Rule, mapped, requestWith } from '../policy/facts.ts';

// Few distinct bits, so that rules and sources meet often.
const word = fc.constantFrom(0, 1, 0xffff, 0x8000_0000, 0xc000_0201, 0xffff_ffff);
const words = fc.tuple(word, word, word, word);
const octet = fc.constantFrom(0, 1, 127, 192, 255);
const ipv4Text = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));

const source: fc.Arbitrary<Source> = fc.oneof(ipv4Text.map(ipv4), ipv4Text.map(mapped), words.map(ipv6));
const numericRule: fc.Arbitrary<AddressPattern> = fc.oneof(
  fc.tuple(ipv4Text, fc.integer({ min: 0, max: 32 })).map(([text, bits]) => ipv4Rule(`${text}/${bits}`)),
  fc.tuple(words, fc.integer({ min: 0, max: 128 })).map(([address, bits]) => ipv6Rule(address, bits)),
  ipv4Text.map((text) => ipv6Rule(mappedWords(text), 128)),
);
const name = fc.constantFrom('a.test', 'b.a.test', 'other.example');
const rule = fc.oneof(
  { weight: 4, arbitrary: numericRule },
  { weight: 1, arbitrary: name.map((text) => hostRule(text)) },
  { weight: 1, arbitrary: name.map((text) => domainRule(`.${text}`)) },
);
const rules = fc.array(rule, { maxLength: 8 });
const lists = fc.record({
  only_from: fc.option(rules, { nil: undefined }),
  no_access: fc.option(rules, { nil: undefined }),
});
const hostName: fc.Arbitrary<HostName> = fc.oneof(
  fc.constant<HostName>({ kind: 'unknown' }),
  name.map((text): HostName => ({ kind: 'known', name: text })),
);

function mappedWords(text: string): readonly [number, number, number, number] {
  return [0, 0, 0xffff, ipv4(text).words[0]];
}

/** Bit by bit, rule by rule. */
function matchesNaively(pattern: AddressPattern, peer: Source): boolean {
  if (pattern.kind === 'ipv4') {
    return (
      peer.family === 4 &&
      (BigInt(peer.words[0]) & BigInt(pattern.mask)) === (BigInt(pattern.address) & BigInt(pattern.mask))
    );
  }
  if (pattern.kind !== 'ipv6') return false;
  const isMappedRule = pattern.prefix >= 96 && asBig(pattern.words) >> 32n === 0xffffn;
  if (peer.family === 4 && peer.text === peer.plain && !isMappedRule) return false;
  const address = peer.family === 4 ? asBig([0, 0, 0xffff, peer.words[0]]) : asBig(peer.words);
  const shift = BigInt(128 - pattern.prefix);
  return address >> shift === asBig(pattern.words) >> shift;
}

function asBig([first, second, third, fourth]: readonly [number, number, number, number]): bigint {
  return (BigInt(first) << 96n) | (BigInt(second) << 64n) | (BigInt(third) << 32n) | BigInt(fourth);
}

describe('prefix sets', () => {
  test('match what a naive reading matches', () => {
    fc.assert(
      fc.property(fc.array(numericRule, { maxLength: 12 }), source, (patterns, peer) => {
        const matching = patterns.filter((pattern) => matchesNaively(pattern, peer));
        const found = compilePrefixes(patterns).match(peer);
        return found === undefined ? matching.length === 0 : matching.includes(found);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('decide', () => {
  const limit = fc.oneof(fc.constant(Infinity), fc.nat(5));
  const facts = fc.record({
    source: fc.option(source, { nil: undefined }),
    nowMs: fc.double(),
    localMinute: fc.integer(),
    load: fc.option(fc.double(), { nil: undefined }),
    runningServers: fc.nat(),
    runningFromSource: fc.nat(),
    trackedServers: fc.nat(),
    processLimit: limit,
    rate: fc.record({ count: fc.nat(), windowStartSecond: fc.integer() }),
    hostName,
  });
  const attributes = fc.record({
    instances: limit,
    per_source: limit,
    max_load: fc.double(),
    cps: fc.record({ connections: fc.nat(100), waitSeconds: fc.nat(100) }),
    access_times: fc.array(fc.record({ startMinute: fc.integer(), endMinute: fc.integer() }), { maxLength: 3 }),
  });

  test('answers every request', () => {
    fc.assert(
      fc.property(lists, attributes, facts, (access, config, request) => {
        const { verdict, rate } = decide(requestWith({ ...access, ...config }, request));
        expect(['allow', 'deny']).toContain(verdict.kind);
        expect(rate.count).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  test('agrees with its explanation', () => {
    fc.assert(
      fc.property(lists, attributes, facts, (access, config, request) => {
        const asked = requestWith({ ...access, ...config }, request);
        const { verdict } = decide(asked);
        const { verdict: explained, results } = explain(asked);
        expect(explained).toEqual(verdict);
        const denying = results.find(({ isPassed }) => !isPassed);
        expect(denying?.name).toBe(verdict.kind === 'deny' ? verdict.by : undefined);
        expect(denying?.reason).toBe(verdict.kind === 'deny' ? verdict.reason : undefined);
      }),
      { numRuns: 1000 },
    );
  });

  test('does not look at the order of words', () => {
    const shuffled = rules.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, shuffled, source, hostName, ([a, b], [c, d], peer, peerName) => {
        const there = kindOf({ only_from: a, no_access: c }, peer, peerName);
        return there === kindOf({ only_from: b, no_access: d }, peer, peerName);
      }),
      { numRuns: 1000 },
    );
  });

  test('admits nobody more when a list is narrowed', () => {
    fc.assert(
      fc.property(lists, rule, source, hostName, (access, extra, peer, peerName) => {
        const narrower = {
          only_from: access.only_from?.slice(1) ?? [extra],
          no_access: [...(access.no_access ?? []), extra],
        };
        const isDenied = kindOf(access, peer, peerName) === 'deny';
        return !isDenied || kindOf(narrower, peer, peerName) === 'deny';
      }),
      { numRuns: 1000 },
    );
  });

  function kindOf(
    access: { only_from: AddressPattern[] | undefined; no_access: AddressPattern[] | undefined },
    peer: Source,
    peerName: HostName,
  ): string {
    return decide(requestWith(access, { source: peer, hostName: peerName })).verdict.kind;
  }
});
