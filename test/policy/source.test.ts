import { describe, expect, test } from 'vitest';
import { sourceOf } from '../../src/policy/source.ts';

describe('a source', () => {
  test('is IPv4 behind a mapped address', () => {
    expect(sourceOf(6, 9, '::ffff:192.0.2.1', [0, 0, 0xffff, 0xc000_0201])).toEqual({
      family: 4,
      words: [0xc000_0201, 0, 0, 0],
      port: 9,
      text: '::ffff:192.0.2.1',
      plain: '192.0.2.1',
    });
  });

  test('keeps a true IPv6 address', () => {
    expect(sourceOf(6, 9, '::1', [0, 0, 0, 1])).toMatchObject({ family: 6, plain: '::1' });
  });

  test('keeps an IPv4 address', () => {
    expect(sourceOf(4, 9, '192.0.2.1', [0xc000_0201, 0, 0, 0])).toMatchObject({ family: 4, plain: '192.0.2.1' });
  });
});
