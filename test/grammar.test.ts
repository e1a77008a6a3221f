// The grammar is normative: its productions are the parser's methods.

import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { Parser } from '../src/config/parser.ts';

const GRAMMAR = readFileSync(new URL('../grammar/xinetd.conf.ebnf', import.meta.url), 'utf8');
const [, PARSER = '', LEXER = ''] = GRAMMAR.split(/\(\* ---- \w+ ---- \*\)/u);
const SOURCE = readFileSync(new URL('../src/config/parser.ts', import.meta.url), 'utf8');

function productions(part: string): ReadonlyMap<string, string> {
  const found = part.matchAll(/^(\w+)\s*=\s*(.*?) ;/gmsu);
  return new Map([...found].map(([, name = '', body = '']) => [name, body.replaceAll(/\s+/gu, ' ')]));
}

describe('the grammar', () => {
  const rules = productions(PARSER);

  it('has one public method of the parser for each production', () => {
    const methods = Object.getOwnPropertyNames(Parser.prototype).filter((name) => name !== 'constructor');
    expect(methods.toSorted()).toEqual([...rules.keys()].toSorted());
  });

  it.each([...rules])('stands above the method %s', (name, body) => {
    const squeezed = SOURCE.replaceAll(/\s+/gu, ' ');
    expect(squeezed).toContain(`/** ${name} = ${body} ;`);
  });

  it('defines every name it uses', () => {
    const known = new Set([...rules.keys(), ...productions(LEXER).keys()]);
    const bodies = [...rules.values()].join(' ').replaceAll(/"[^"]*"/gu, ' ');
    const used = bodies.match(/[A-Za-z]+/gu) ?? [];
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });
});
