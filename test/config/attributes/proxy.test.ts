import { describe, expect, test } from 'vitest';
import { codesOf, configOf, loadText, serviceText } from '../../support/load-text.ts';

describe('proxy_protocol', () => {
  test.each(['v1', 'V2'])('takes %s', (text) => {
    const { proxy_protocol } = configOf(['redirect = 127.0.0.1 80', `proxy_protocol = ${text}`]);
    expect(proxy_protocol).toBe(text.toLowerCase());
  });

  test('refuses a version that nobody knows', () => {
    const text = serviceText(['redirect = 127.0.0.1 80', 'proxy_protocol = v3']);
    expect(codesOf(loadText(text))).toContain('XC148');
  });

  test('needs somebody to tell', () => {
    expect(codesOf(loadText(serviceText(['proxy_protocol = v1'])))).toContain('XC260');
  });
});
