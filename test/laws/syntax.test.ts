// Laws of the syntax: what is printed is read again, any bytes are read, every finding has a place in its file.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DiagnosticCollector } from '../../src/config/diagnostic.ts';
import { parseInetdConf } from '../../src/config/inetd-conf.ts';
import { Lexer, words } from '../../src/config/lexer.ts';
import { parseFile } from '../../src/config/parser.ts';
import { renderJson, renderLog, renderTerminal } from '../../src/config/render.ts';
import { sourceText, type SourceText } from '../../src/config/source.ts';
import type { ConfigFile, Entry } from '../../src/config/syntax.ts';
import { fakePorts } from '../support/fake-ports.ts';

const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const bytes = fc.array(byte, { maxLength: 400 }).map((all) => all.join(''));
const piece = fc.constantFrom(
  'service',
  'defaults',
  'include /x',
  '{',
  '}',
  '\n',
  '\n{\n',
  '\n}\n',
  ' ',
  '\t',
  '\r\n',
  '=',
  '+=',
  '#',
  '\0',
  '"',
  'a',
  'disable = yes',
);
const nearlyConfig = fc
  .array(fc.oneof({ weight: 5, arbitrary: piece }, { weight: 1, arbitrary: byte }), { maxLength: 120 })
  .map((all) => all.join(''));

const wordByte = fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code));
const word = fc.array(wordByte, { minLength: 1, maxLength: 12 }).map((all) => all.join(''));
const attribute = fc.stringMatching(/^[A-Za-z_]{1,12}$/u).filter((name) => name.toLowerCase() !== 'disable');
const blank = fc.stringMatching(/^[ \t]{1,3}$/u);
const noise = fc.constantFrom('', '\n', '# comment\n', ' \t\n', '\n\n');
const lineEnd = fc.constantFrom('\n', '\r\n');

interface Shape {
  readonly kind: 'service' | 'include';
  readonly name: string;
  readonly body: readonly (readonly [name: string, operator: '=' | '+=' | '-=', values: readonly string[]])[];
}

const assignment = fc.tuple(
  attribute,
  fc.constantFrom('=' as const, '+=' as const, '-=' as const),
  fc.array(word, { maxLength: 4 }),
);
const shape: fc.Arbitrary<Shape> = fc.record({
  kind: fc.constantFrom('service' as const, 'include' as const),
  name: word,
  body: fc.array(assignment, { maxLength: 5 }),
});

function print({ kind, name, body }: Shape, gap: string, end: string, between: string): string {
  if (kind === 'include') return `${between}${kind}${gap}${name}${end}`;
  const lines = body.map(
    ([attributeName, operator, values]) => `${gap}${attributeName}${gap}${operator}${gap}${values.join(gap)}${end}`,
  );
  return `${between}${kind}${gap}${name}${end}${gap}{${end}${lines.join(between)}}${gap}${end}`;
}

function shapeOf(entry: Entry): unknown {
  if ('path' in entry) return { kind: entry.kind, name: entry.path.text };
  const body = entry.assignments.map((each) => [each.name.text, each.operator, each.values.map(({ text }) => text)]);
  return { kind: entry.kind, name: entry.kind === 'service' ? entry.name.text : '', body };
}

function parse(source: SourceText): { readonly file: ConfigFile; readonly collector: DiagnosticCollector } {
  const collector = new DiagnosticCollector();
  return { file: parseFile(source, collector), collector };
}

describe('reading', () => {
  it('gives back the words a line was made of', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), blank, (written, gap) => {
        const text = `${gap}${written.join(gap)}${gap}`;
        expect(words(sourceText('x', text), 0, text.length).map((each) => each.text)).toEqual(written);
      }),
    );
  });

  it('gives back the entries a file was printed from', () => {
    fc.assert(
      fc.property(fc.array(shape), blank, lineEnd, noise, (shapes, gap, end, between) => {
        const text = shapes.map((each) => print(each, gap, end, between)).join('');
        const { file } = parse(sourceText('x', text));
        const expected = shapes.map(({ kind, name, body }) =>
          kind === 'include' ? { kind, name } : { kind, name, body },
        );
        expect(file.entries.map(shapeOf)).toEqual(expected);
      }),
    );
  });

  it('numbers lines as the index of the source does', () => {
    fc.assert(
      fc.property(nearlyConfig, (text) => {
        const source = sourceText('x', text);
        const lexer = new Lexer(source);
        for (let line = lexer.line(); line !== undefined; line = lexer.line()) {
          expect(source.lineStarts[line.number - 1]).toBeLessThanOrEqual(line.start);
          expect(source.lineStarts[line.number] ?? Infinity).toBeGreaterThanOrEqual(line.end);
        }
      }),
    );
  });
});

describe('any bytes', () => {
  const anything = fc.oneof(bytes, nearlyConfig);

  it('are read without an exception, every span inside the file', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const { file, collector } = parse(sourceText('x', text));
        const entries = file.entries.flatMap((entry) => ('span' in entry ? [entry.span] : [entry.path.span]));
        const spans = [
          ...entries,
          ...collector.all.flatMap(({ span, related = [] }) => [
            ...(span ? [span] : []),
            ...related.map((each) => each.span),
          ]),
        ];
        for (const { start, end } of spans) expect(0 <= start && start <= end && end <= text.length).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('are shown without anything a terminal would obey', () => {
    fc.assert(
      fc.property(anything, (text) => {
        for (const finding of parse(sourceText('x', text)).collector.all) {
          // oxlint-disable-next-line no-control-regex -- control bytes are what must not appear
          expect(renderTerminal(finding) ?? '').not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/u);
          expect(() => [renderLog(finding), JSON.stringify(renderJson(finding))]).not.toThrow();
        }
      }),
    );
  });

  it('are read as inetd.conf without an exception', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(() => parseInetdConf(sourceText('x', text), fakePorts({}), new DiagnosticCollector())).not.toThrow();
      }),
    );
  });
});
