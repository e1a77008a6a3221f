import { describe, expect, test } from 'vitest';
import { findAttribute } from '../../../src/config/attributes/index.ts';
import { codesOf, configOf, loadText, serviceText } from '../../support/load-text.ts';

const codesFor = (line: string): readonly string[] => codesOf(loadText(serviceText([line])));

describe('bind', () => {
  test.each([
    ['127.1', { text: '127.1', family: 'ipv4', address: '127.0.0.1' }],
    ['::', { text: '::', family: 'ipv6', address: '::' }],
    ['fe80::1%lo', { text: 'fe80::1%lo', family: 'ipv6', address: 'fe80::1%lo' }],
    ['six.example', { text: 'six.example', family: 'ipv6', address: '2001:db8::6' }],
  ])('takes %s', (text, value) => {
    expect(configOf([`bind = ${text}`]).bind).toEqual(value);
  });

  test('has the other name interface', () => {
    expect(configOf(['interface = 127.0.0.1']).bind?.address).toBe('127.0.0.1');
  });

  test.each(['127.0.0.1/8', '999.1.1.1', 'nosuch.example', 'broken.example', '-'.repeat(3)])('refuses %s', (text) => {
    expect(codesFor(`bind = ${text}`)).toEqual(['XC118', 'XC106', 'XC250']);
  });
});

describe('redirect', () => {
  test.each([
    ['127.1 80', { host: '127.0.0.1', family: 'ipv4', port: 80 }],
    ['::1 http', { host: '::1', family: 'ipv6', port: 80 }],
    ['nosuch.example 65535', { host: 'nosuch.example', family: 'name', port: 65_535 }],
    ['unix:/run/app.sock', { host: '/run/app.sock', family: 'unix', port: 0 }],
  ])('takes %s without resolving', (words, value) => {
    expect(configOf(['server = -', `redirect = ${words}`]).redirect).toEqual(value);
  });

  test.each(['127.0.0.1 80', 'unix:/run/app.sock'])('writes %s as it was', (words) => {
    expect(findAttribute('redirect')?.write(configOf([`redirect = ${words}`]).redirect)).toBe(words);
  });

  test.each(['unix:/run/app.sock 80', '127.0.0.1', 'unix'])('does not take %s, a wrong number of words', (words) => {
    expect(codesFor(`redirect = ${words}`)).toContain('XC104');
  });

  test.each([
    ['127.0.0.1 0', 'XC139'],
    ['127.0.0.1 -5', 'XC139'],
    ['127.0.0.1 nosuch', 'XC139'],
    ['127.0.0.1 65536', 'XC140'],
    ['300.1.1.1 80', 'XC141'],
    ['a..b 80', 'XC141'],
    ['unix:app.sock', 'XC149'],
    ['unix:', 'XC149'],
    [`unix:/${'x'.repeat(107)}`, 'XC149'],
  ])('refuses %s with %s', (words, code) => {
    expect(codesFor(`redirect = ${words}`)).toContain(code);
  });
});

describe('rpc_version', () => {
  test.each([
    ['2', { low: 2, high: 2 }],
    ['1-3', { low: 1, high: 3 }],
  ])('takes %s', (text, range) => {
    expect(configOf([`rpc_version = ${text}`]).rpc_version).toEqual(range);
  });

  test.each([
    ['x', 'x'],
    ['1-', '1'],
    ['1-2-3', '1'],
    ['3-1', '3'],
  ])('refuses %s and names %s', (text, named) => {
    const [finding] = loadText(serviceText([`rpc_version = ${text}`])).diagnostics;
    expect(finding).toMatchObject({ code: 'XC119', args: [named] });
  });
});

describe('deny_time', () => {
  test.each([
    ['FOREVER', Infinity],
    ['forever', Infinity],
    ['-1', Infinity],
    ['NEVER', 0],
    ['15', 15],
  ])('%s is %d minutes', (text, minutes) => {
    expect(configOf([`deny_time = ${text}`]).deny_time).toBe(minutes);
  });

  test('refuses what is no time', () => {
    expect(codesFor('deny_time = abc')).toContain('XC122');
  });
});

describe('access_times', () => {
  test('takes several intervals and leading zeros', () => {
    expect(configOf(['access_times = 022:00-23:59 1:1-1:2']).access_times).toEqual([
      { startMinute: 1320, endMinute: 1439 },
      { startMinute: 61, endMinute: 62 },
    ]);
  });

  test.each([
    ['2:00', 'XC170'],
    ['-2:00-4:00', 'XC170'],
    ['2:00-4:00,6:00-8:00', 'XC170'],
    ['2-4', 'XC170'],
    ['2:60-3:00', 'XC171'],
    ['00:00-24:00', 'XC171'],
    ['25', 'XC170'],
    ['04:00-02:00', 'XC172'],
    ['04:00-04:00', 'XC172'],
  ])('refuses %s with %s', (text, code) => {
    expect(codesFor(`access_times = ${text}`)).toEqual([code, 'XC106', 'XC250']);
  });
});
