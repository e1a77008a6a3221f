import { describe, expect, it } from 'vitest';

import { attributeName, Lexer, MAX_LINE_BYTES, operatorAt, words } from '../../src/config/lexer.ts';
import { sourceText } from '../../src/config/source.ts';
import type { Line } from '../../src/config/tokens.ts';

function linesOf(text: string): readonly string[] {
  const lexer = new Lexer(sourceText('x', text));
  const found: string[] = [];
  for (let line = lexer.line(); line !== undefined; line = lexer.line()) found.push(shown(text, line));
  return found;
}

function shown(text: string, { number, kind, start, end }: Line): string {
  return `${number} ${kind} ${JSON.stringify(text.slice(start, end))}`;
}

function wordsOf(text: string): readonly string[] {
  return words(sourceText('x', text), 0, text.length).map((word) => word.text);
}

function nameOf(text: string): string {
  return attributeName(sourceText('x', text), { kind: 'text', number: 1, start: 0, end: text.length }).text;
}

describe('lines', () => {
  it('passes over blank lines and comments, counting them', () => {
    expect(linesOf('\n  \t\n# a\n\v\f # b\n x\n')).toEqual(['5 text "x"']);
  });

  it('accepts a last line without newline', () => {
    expect(linesOf('a\nb')).toEqual(['1 text "a"', '2 text "b"']);
  });

  it('knows braces that stand alone among spaces', () => {
    expect(linesOf('{\n\t}\f \n{ x\n}}\n')).toEqual(['1 open "{"', '2 close "}\\f "', '3 text "{ x"', '4 text "}}"']);
  });

  it('drops one carriage return before the newline', () => {
    expect(linesOf('a\r\n{\r\n\r\nb\rc\r\n')).toEqual(['1 text "a"', '2 open "{"', '4 text "b\\rc"']);
  });

  it('ends the content of a line at a NUL byte', () => {
    const lexer = new Lexer(sourceText('x', 'a\0b\n\0c\nd\n'));
    expect([lexer.line()?.end, lexer.line()?.start, lexer.line()]).toEqual([1, 7, undefined]);
    expect(lexer.nulAt).toBe(1);
  });

  it('looks into no line beyond the limit', () => {
    expect(linesOf(`${'x'.repeat(MAX_LINE_BYTES + 1)}\ny\n`).map((line) => line.slice(0, 10))).toEqual([
      '1 overlong',
      '2 text "y"',
    ]);
  });

  it('counts the lines at the end of the file', () => {
    const lexer = new Lexer(sourceText('x', 'a\n\n\n'));
    lexer.line();
    lexer.line();
    expect(lexer.lineNumber).toBe(3);
  });
});

describe('words', () => {
  it('are separated by blanks and tabs only', () => {
    expect(wordsOf(' a\t b\rc\vd \t')).toEqual(['a', 'b\rc\vd']);
  });

  it('keep quotes, backslashes and comment signs', () => {
    expect(wordsOf('"a b" \\ #c')).toEqual(['"a', 'b"', '\\', '#c']);
  });

  it('stop at the limit', () => {
    expect(words(sourceText('x', 'a b c'), 0, 5, 2)).toHaveLength(2);
  });
});

describe('attributeName', () => {
  it.each([
    ['port = 1', 'port'],
    ['port=1', 'port'],
    ['port\f=', 'port'],
    ['= 1', ''],
    ['port\xa0=', 'port\xa0'],
  ])('of %j is %j', (text, name) => {
    expect(nameOf(text)).toBe(name);
  });
});

describe('operatorAt', () => {
  it.each([
    ['=', '='],
    ['+=', '+='],
    ['-=', '-='],
    ['==', '='],
    ['+ =', undefined],
    [':=', undefined],
    ['', undefined],
  ])('of %j is %j', (text, operator) => {
    expect(operatorAt(text, 0)).toBe(operator);
  });
});
