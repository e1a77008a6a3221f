import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { harmless, oneLine } from '../../src/audit/harmless.ts';

const BYTES = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));

describe('harmless', () => {
  test('leaves only printable ASCII', () => {
    expect(harmless(BYTES)).toMatch(/^[\x20-\x7e]*$/u);
  });

  test('keeps printable text as it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => harmless(text) === text));
  });
});

describe('oneLine', () => {
  test('escapes control bytes only', () => {
    expect(oneLine('a\r\nb\t\x00\x7f\xe9')).toBe('a\\x0d\\x0ab\\x09\\x00\\x7f\xe9');
  });
});
