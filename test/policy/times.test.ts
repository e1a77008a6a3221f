import { describe, expect, test } from 'vitest';
import { timesCheck } from '../../src/policy/times.ts';
import { requestWith } from './facts.ts';

const OFFICE = [
  { startMinute: 480, endMinute: 720 },
  { startMinute: 780, endMinute: 1020 },
];

describe('access_times', () => {
  test.each([480, 600, 720, 780, 1020])('is open at minute %i', (localMinute) => {
    expect(timesCheck(requestWith({ access_times: OFFICE }, { localMinute }))).toBeUndefined();
  });

  test.each([0, 479, 721, 779, 1021, 1439])('is closed at minute %i', (localMinute) => {
    expect(timesCheck(requestWith({ access_times: OFFICE }, { localMinute }))).toMatchObject({ reason: 'time' });
  });

  test('is always open when not given', () => {
    expect(timesCheck(requestWith({ access_times: undefined }))).toBeUndefined();
  });

  test('is never open without an interval', () => {
    expect(timesCheck(requestWith({ access_times: [] }))).toMatchObject({ reason: 'time' });
  });
});
