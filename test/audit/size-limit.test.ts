import { describe, expect, test } from 'vitest';
import { SizeLimit } from '../../src/audit/size-limit.ts';

function limit(sizeBytes = 0): { readonly limit: SizeLimit; readonly first: readonly string[] } {
  const made = new SizeLimit({ softBytes: 100, hardBytes: 200 });
  return { limit: made, first: made.opened(sizeBytes) };
}

describe('a size limit', () => {
  test('reports the soft limit once', () => {
    const { limit: size } = limit();
    expect([100, 1, 50].map((bytes) => size.add(bytes))).toEqual([[], ['soft'], []]);
    expect(size.isSilent).toBe(false);
  });

  test('falls silent after the line that crosses the hard limit', () => {
    const { limit: size } = limit(150);
    expect(size.add(50)).toEqual([]);
    expect(size.isSilent).toBe(false);
    expect(size.add(1)).toEqual(['hard']);
    expect(size.isSilent).toBe(true);
    expect(size.add(1)).toEqual([]);
  });

  test('reports both when one line crosses both', () => {
    expect(limit().limit.add(201)).toEqual(['soft', 'hard']);
  });

  test('reports a file that is over when opened', () => {
    expect(limit(101).first).toEqual(['soft']);
    const { limit: size, first } = limit(201);
    expect(first).toEqual(['soft', 'hard']);
    expect(size.isSilent).toBe(true);
  });

  test('begins anew with a new file', () => {
    const { limit: size } = limit(201);
    expect(size.opened(0)).toEqual([]);
    expect(size.isSilent).toBe(false);
    expect(size.add(101)).toEqual(['soft']);
  });

  test('is none at a soft limit of zero', () => {
    const size = new SizeLimit({ softBytes: 0, hardBytes: 0 });
    expect(size.opened(1e12)).toEqual([]);
    expect(size.isSilent).toBe(false);
  });
});
