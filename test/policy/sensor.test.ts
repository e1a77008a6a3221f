import { describe, expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import type { BanBook } from '../../src/policy/sensor.ts';
import { sensorCheck } from '../../src/policy/sensor.ts';
import { ipv4, mapped, requestWith, serviceWith, spanAt } from './facts.ts';

function bookOf(plain: string, untilMs: number): BanBook {
  return { isBanned: (source, nowMs) => source.plain === plain && nowMs < untilMs, ban: () => true, expire: () => 0 };
}

describe('a sensor', () => {
  test('denies everybody by its flag', () => {
    const service = serviceWith({ flags: ['SENSOR'] }, { flags: { from: 'service', span: spanAt(3) } });
    expect(decide(requestWith({}, { service })).verdict).toMatchObject({
      reason: 'address',
      by: 'sensor',
      stage: 'after-fork',
      rule: spanAt(3),
    });
  });

  test('denies an unknown source', () => {
    expect(sensorCheck(requestWith({ flags: ['SENSOR'] }, { source: undefined }))).toMatchObject({ reason: 'address' });
  });
});

describe('a ban', () => {
  const bans = bookOf('192.0.2.1', 2000);

  test('denies the source at every service', () => {
    expect(sensorCheck(requestWith({}, { bans, nowMs: 1999 }))).toEqual({ reason: 'address' });
  });

  test('holds for the mapped form of the address', () => {
    expect(sensorCheck(requestWith({}, { bans, nowMs: 0, source: mapped('192.0.2.1') }))).toEqual({
      reason: 'address',
    });
  });

  test('leaves others and unknown sources alone', () => {
    expect(sensorCheck(requestWith({}, { bans, nowMs: 0, source: ipv4('192.0.2.2') }))).toBeUndefined();
    expect(sensorCheck(requestWith({}, { bans, nowMs: 0, source: undefined }))).toBeUndefined();
  });

  test('ends', () => {
    expect(sensorCheck(requestWith({}, { bans, nowMs: 2000 }))).toBeUndefined();
  });
});
