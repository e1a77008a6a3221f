import { describe, expect, test } from 'vitest';
import { compileNames } from '../../src/policy/host-names.ts';
import { domainRule, hostRule, ipv4Rule, spanAt } from './facts.ts';

function placeOfMatch(name: string): number | undefined {
  const names = compileNames([
    hostRule('a.example', 1),
    domainRule('.test', 2),
    domainRule('.b.test', 3),
    domainRule('lan', 4),
    hostRule('A.Example.', 5),
  ]);
  return names?.match(name)?.span.start;
}

describe('names of a list', () => {
  test('match a host whatever its case', () => {
    expect(placeOfMatch('A.eXample')).toBe(1);
    expect(placeOfMatch('a.example.')).toBe(1);
  });

  test('match a host exactly', () => {
    expect(placeOfMatch('b.a.example')).toBeUndefined();
    expect(placeOfMatch('example')).toBeUndefined();
  });

  test('match a domain as a true suffix', () => {
    expect(placeOfMatch('a.test')).toBe(2);
    expect(placeOfMatch('a.test.b.test')).toBe(3);
    expect(placeOfMatch('a.test.example')).toBeUndefined();
    expect(placeOfMatch('test')).toBeUndefined();
    expect(placeOfMatch('atest')).toBeUndefined();
  });

  test('match a domain written without its dot', () => {
    expect(placeOfMatch('host.lan')).toBe(4);
  });

  test('are absent from a list of addresses', () => {
    expect(compileNames([ipv4Rule('10.0.0.0/8')])).toBeUndefined();
  });

  test('begin with the first that is written', () => {
    expect(compileNames([ipv4Rule('10.0.0.0/8', 1), domainRule('.x', 2), hostRule('y', 3)])?.first.span).toEqual(
      spanAt(2),
    );
  });
});
