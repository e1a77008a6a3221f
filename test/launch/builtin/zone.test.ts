import { describe, expect, test } from 'vitest';

import { abbreviationAt, prepareZone, zoneAbbreviation, zoneNames, zoneOf } from '../../../src/launch/builtin/zone.ts';

describe('the names of a zone', () => {
  test.each([
    ['UTC0', [['UTC', 0]]],
    [
      'CET-1CEST,M3.5.0,M10.5.0/3',
      [
        ['CET', 60],
        ['CEST', 120],
      ],
    ],
    [
      'EST5EDT,M3.2.0,M11.1.0',
      [
        ['EST', -300],
        ['EDT', -240],
      ],
    ],
    ['IST-5:30', [['IST', 330]]],
    ['<+03>-3', [['+03', 180]]],
    [
      '<+1030>-10:30<+11>-11,M10.1.0,M4.1.0',
      [
        ['+1030', 630],
        ['+11', 660],
      ],
    ],
    [
      'NST3:30NDT,M3.2.0,M11.1.0',
      [
        ['NST', -210],
        ['NDT', -150],
      ],
    ],
  ])('stand in the rule %s', (rule, names) => {
    expect(zoneNames(rule)).toEqual(names.map(([name, offsetMinutes]) => ({ name, offsetMinutes })));
  });

  test.each(['', 'Europe/Berlin', 'CET'])('do not stand in %j', (rule) => {
    expect(zoneNames(rule)).toBeUndefined();
  });
});

describe('the zone', () => {
  test.each([
    ['', 'UTC', 0],
    ['XYZ-3', 'XYZ', 180],
    [':/nonexistent', 'UTC', 0],
    ['No/Such_Place', 'UTC', 0],
  ])('of TZ=%j is %s', (zone, name, offsetMinutes) => {
    expect(zoneOf(zone)).toEqual([{ name, offsetMinutes }]);
  });

  test('of this machine has an abbreviation', () => {
    prepareZone();
    expect(zoneOf(undefined).length).toBeGreaterThan(0);
    expect(zoneAbbreviation(new Date())).toMatch(/^[A-Za-z0-9+-]{3,}$/);
  });
});

describe('the abbreviation', () => {
  const names = zoneNames('CET-1CEST,M3.5.0,M10.5.0/3') ?? [];

  test('is the one of the offset in force', () => {
    expect([abbreviationAt(names, 60), abbreviationAt(names, 120)]).toEqual(['CET', 'CEST']);
  });

  test('is the standard one where none fits', () => {
    expect([abbreviationAt(names, 0), abbreviationAt([], 0)]).toEqual(['CET', 'UTC']);
  });
});
