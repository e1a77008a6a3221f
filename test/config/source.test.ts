import { describe, expect, it } from 'vitest';

import { lineText, placeOf, sourceText } from '../../src/config/source.ts';

const source = sourceText('x', 'ab\n\ncd');

describe('placeOf', () => {
  it.each([
    [0, 1, 1],
    [2, 1, 3],
    [3, 2, 1],
    [4, 3, 1],
    [6, 3, 3],
  ])('of offset %i is line %i, column %i', (offset, line, column) => {
    expect(placeOf(source, offset)).toEqual({ line, column });
  });
});

describe('lineText', () => {
  it('is the line without its newline', () => {
    expect([1, 2, 3, 4].map((line) => lineText(source, line))).toEqual(['ab', '', 'cd', '']);
  });

  it('of an empty file is empty', () => {
    expect(lineText(sourceText('x', ''), 1)).toBe('');
  });
});
