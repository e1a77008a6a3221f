import { describe, expect, test } from 'vitest';
import { AddressHash } from '../../src/audit/address-hash.ts';

const HOUR_MS = 3_600_000;

describe('the mark of an address', () => {
  test('is the same all day', () => {
    let nowMs = 0;
    const hash = new AddressHash(() => nowMs);
    const first = hash.of('192.0.2.1');
    nowMs = 23 * HOUR_MS;
    expect(hash.of('192.0.2.1')).toBe(first);
    expect(first).toMatch(/^#[0-9a-f]{16}$/u);
  });

  test('differs from address to address', () => {
    const hash = new AddressHash(() => 0);
    expect(hash.of('192.0.2.1')).not.toBe(hash.of('192.0.2.2'));
  });

  test('is another one the next day', () => {
    let nowMs = 0;
    const hash = new AddressHash(() => nowMs);
    const first = hash.of('192.0.2.1');
    nowMs = 24 * HOUR_MS;
    expect(hash.of('192.0.2.1')).not.toBe(first);
  });

  test('is another one for each daemon', () => {
    const [one, other] = [new AddressHash(() => 0), new AddressHash(() => 0)];
    expect(one.of('192.0.2.1')).not.toBe(other.of('192.0.2.1'));
  });
});
