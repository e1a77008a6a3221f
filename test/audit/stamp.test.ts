import { describe, expect, test } from 'vitest';
import { fileStamp, syslogStamp } from '../../src/audit/stamp.ts';

const EARLY = new Date(2026, 0, 5, 4, 3, 2).getTime();
const LATE = new Date(2009, 10, 20, 23, 43, 4, 999).getTime();

describe('a stamp', () => {
  test('of a file pads neither month nor day', () => {
    expect([EARLY, LATE].map(fileStamp())).toEqual(['26/1/5@04:03:02', '09/11/20@23:43:04']);
  });

  test('of syslog pads the day with a blank', () => {
    expect([EARLY, LATE].map(syslogStamp())).toEqual(['Jan  5 04:03:02', 'Nov 20 23:43:04']);
  });

  test('changes with the second, forward and back', () => {
    const stamp = fileStamp();
    expect([EARLY, EARLY + 999, EARLY + 1000, EARLY].map(stamp).map((text) => text.slice(-2))).toEqual([
      '02',
      '02',
      '03',
      '02',
    ]);
  });
});
