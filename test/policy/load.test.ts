import { describe, expect, test } from 'vitest';
import { loadCheck } from '../../src/policy/load.ts';
import { mapped, requestWith } from './facts.ts';

describe('max_load', () => {
  test('refuses from the limit on and says so', () => {
    const denial = loadCheck(requestWith({ max_load: 2.5 }, { load: 2.5, source: mapped('192.0.2.9') }));
    expect(denial).toMatchObject({
      reason: 'load',
      notes: [{ level: 'error', text: 'refused connect from ::ffff:192.0.2.9 due to excessive load' }],
    });
  });

  test('names an unknown source as the reference does', () => {
    const denial = loadCheck(requestWith({ max_load: 1 }, { load: 1, source: undefined }));
    expect(denial?.notes?.[0]?.text).toBe('refused connect from <no address> due to excessive load');
  });

  test('passes below the limit', () => {
    expect(loadCheck(requestWith({ max_load: 2.5 }, { load: 2.49 }))).toBeUndefined();
  });

  test('passes when the load cannot be read', () => {
    expect(loadCheck(requestWith({ max_load: 1 }, { load: undefined }))).toBeUndefined();
  });

  test('is off at zero', () => {
    expect(loadCheck(requestWith({ max_load: 0 }, { load: 99 }))).toBeUndefined();
  });
});
