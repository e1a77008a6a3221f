import { describe, expect, it } from 'vitest';

import { nearest } from '../../src/config/nearest.ts';

const NAMES = ['per_source', 'only_from', 'port', 'wait', 'user', 'server', 'server_args', 'id'];

describe('nearest', () => {
  it.each([
    ['per_sorce', 'per_source'],
    ['ONLY-FROM', 'only_from'],
    ['onlyfrom', 'only_from'],
    ['prot', 'port'],
    ['sever', 'server'],
    ['wiat', 'wait'],
    ['server_arg', 'server_args'],
    ['id', 'id'],
  ])('of %s is %s', (word, expected) => {
    expect(nearest(word, NAMES)).toBe(expected);
  });

  it.each(['frobnicate', 'xy', '', 'x'.repeat(100)])('finds nothing meant by %j', (word) => {
    expect(nearest(word, NAMES)).toBeUndefined();
  });

  it('counts a swap of neighbours as one change', () => {
    expect(nearest('ab', ['ba'])).toBe('ba');
  });
});
