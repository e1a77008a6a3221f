import { describe, expect, it } from 'vitest';

import { codeRow, type CodeRow } from '../../src/config/codes.ts';
import { SYNTAX_CODES } from '../../src/config/codes-syntax.ts';

const ROWS: readonly (readonly [string, CodeRow])[] = Object.entries(SYNTAX_CODES);

describe.each(ROWS)('%s', (code, row) => {
  it('has a number below 100', () => {
    expect(code).toMatch(/^XC0\d\d$/u);
  });

  it('says something to the log or to people', () => {
    expect(typeof row.log === 'string' || typeof row.text === 'string').toBe(true);
  });

  it('explains itself in sentences', () => {
    expect(row.explanation).toMatch(/^[A-Z"].*\.$/u);
    expect(row.fix).toMatch(/^[A-Z"].*\.$/u);
  });

  it('refuses a reload only for what is no progress', () => {
    expect(row.severity === 'debug' && row.reload === 'reject').toBe(false);
  });
});

describe('codeRow', () => {
  it('finds the row of a code', () => {
    expect(codeRow('XC001')).toBe(SYNTAX_CODES.XC001);
  });
});
