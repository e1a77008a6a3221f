import { describe, expect, test } from 'vitest';
import { addressWriter, showsPort } from '../../src/audit/address-form.ts';
import { ADDRESS_FORMS } from '../../src/config/attributes/values.ts';
import { sourceOf } from '../../src/policy/source.ts';
import { ipv4, mapped } from '../policy/facts.ts';

const ipv6 = sourceOf(6, 1, '2001:db8:1:2::3', [0x20010db8, 0x00010002, 0, 3]);

describe('an address in a log', () => {
  test.each([
    ['full', ['192.0.2.77', '::ffff:192.0.2.77', '2001:db8:1:2::3']],
    ['plain', ['192.0.2.77', '192.0.2.77', '2001:db8:1:2::3']],
    ['prefix', ['192.0.2.0/24', '192.0.2.0/24', '2001:db8:1::/48']],
    ['hash', ['(192.0.2.77)', '(192.0.2.77)', '(2001:db8:1:2::3)']],
  ] as const)('%s', (form, texts) => {
    const write = addressWriter(form, (plain) => `(${plain})`);
    expect([ipv4('192.0.2.77'), mapped('192.0.2.77'), ipv6].map(write)).toEqual(texts);
  });

  test('has a port only when it is not hidden', () => {
    expect(ADDRESS_FORMS.filter(showsPort)).toEqual(['full', 'plain']);
  });
});
