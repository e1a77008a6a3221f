import { describe, expect, test } from 'vitest';

import { commandLine, environmentWord, plainText, unitFile, unitName } from '../../../src/cli/convert/unit-text.ts';

describe('a command line', () => {
  test.each([
    [['/bin/cat', '-u'], '/bin/cat -u'],
    [['$HOME', '100%'], '$$HOME 100%%'],
    [['a;b', ';', '"', '\\n', "it's"], '"a;b" ";" "\\"" "\\\\n" "it\'s"'],
    [['caf\xc3\xa9', '\x01'], '"caf\\xc3\\xa9" "\\x01"'],
  ])('of %j keeps its words', (words, expected) => {
    expect(commandLine(words)).toBe(expected);
  });
});

test('a variable keeps its dollar signs', () => {
  expect(environmentWord('PRICE=5$%')).toBe('PRICE=5$%%');
});

test('a description is one line of ASCII', () => {
  expect(plainText('50%\n\xe9')).toBe('50%%??');
});

test.each([
  ['echo-stream', 'echo-stream'],
  ['a b/c@d', 'a_b_c_d'],
  ['.hidden', '_hidden'],
])('a unit of %s is called %s', (id, expected) => {
  expect(unitName(id)).toBe(expected);
});

test('a file has a comment and the sections that have lines', () => {
  const { text } = unitFile('x.service', 'From here.', [
    { name: 'Unit', lines: [] },
    { name: 'Service', lines: ['User=a', 'Nice=1'] },
  ]);
  expect(text).toBe('# From here.\n\n[Service]\nUser=a\nNice=1\n');
});
