import { describe, expect, test } from 'vitest';
import { matchesHost, matchesText } from '../../src/policy/hosts-pattern.ts';

const NONE = new Map<string, readonly string[]>();
const CERTAIN = { lists: NONE, inDoubt: false };

function matches(
  pattern: string,
  address = '10.1.2.3',
  names: readonly string[] = ['host.example'],
  lists = NONE,
): boolean {
  return matchesHost(pattern, { address, names: () => names }, { lists, inDoubt: false });
}

describe('a host pattern', () => {
  test.each([
    'ALL',
    'all',
    '.example',
    'Host.Example',
    'h?st.*',
    '*.*',
    '10.',
    '10.1.2.',
    '10.1.2.3',
    '10.?.2*',
    'KNOWN',
  ])('%s matches host.example at 10.1.2.3', (pattern) => {
    expect(matches(pattern)).toBe(true);
  });

  test.each([
    'example',
    'UNKNOWN',
    'PARANOID',
    'LOCAL',
    '10.1',
    '1.',
    '10.1.2.3.',
    '.host.example',
    '10.1.2.30',
    '@group',
    '?',
  ])('%s does not', (pattern) => {
    expect(matches(pattern)).toBe(false);
  });

  test.each([
    ['10.1.2.0/24', true],
    ['10.1.0.0/255.255.0.0', true],
    ['10.1.2.3/32', true],
    ['10.1.2.0/24 and more', true],
    ['10.1.2.3/24', false],
    ['0.0.0.0/0', false],
    ['10.1.2.3/33', false],
    ['10.1.2.3/', false],
    ['10.1.2.3/255.255.255.255', false],
    ['10/8', false],
    ['/24', false],
  ])('%s as a network: %s', (pattern, isMatch) => {
    expect(matches(pattern)).toBe(isMatch);
  });

  test('as a network matches no host without an address', () => {
    expect(matches('10.1.2.0/24', 'unknown')).toBe(false);
  });

  test.each([
    ['[fe80::1]', true],
    ['[FE80:0::1]', true],
    ['[fe80::]/10', true],
    ['[fe80::]/', true],
    ['[fe80::2]/127', false],
    ['[fe80::1]/129', false],
    ['[fe80::1]/-1', false],
    ['[10.1.2.3]', false],
    ['[fe80::1', false],
  ])('%s for IPv6: %s', (pattern, isMatch) => {
    expect(matches(pattern, 'fe80::1')).toBe(isMatch);
  });

  test('in brackets matches no IPv4 address', () => {
    expect(matches('[::]/0')).toBe(false);
  });

  test('LOCAL matches names without a dot', () => {
    expect(matches('LOCAL', '10.1.2.3', ['host'])).toBe(true);
    expect(matches('LOCAL', '10.1.2.3', ['unknown'])).toBe(false);
  });

  test('UNKNOWN and PARANOID match hosts without a good name', () => {
    expect(matches('UNKNOWN', '10.1.2.3', ['unknown'])).toBe(true);
    expect(matches('PARANOID', '10.1.2.3', ['paranoid'])).toBe(true);
  });

  test('KNOWN wants an address and a name', () => {
    expect(matches('KNOWN', '10.1.2.3', ['paranoid'])).toBe(false);
    expect(matches('KNOWN', '10.1.2.3', [])).toBe(false);
    expect(matches('KNOWN', 'unknown')).toBe(false);
  });

  test('matches any of several names', () => {
    expect(matches('.b', '10.1.2.3', ['host.a', 'host.b'])).toBe(true);
  });

  test('of digits, dots and slashes asks for no name', () => {
    const host = {
      address: '10.1.2.3',
      names: () => {
        throw new Error('asked');
      },
    };
    expect(matchesHost('10.9.', host, CERTAIN)).toBe(false);
    expect(matchesHost('10.9.0.0/16', host, CERTAIN)).toBe(false);
    expect(() => matchesHost('10.9.x', host, CERTAIN)).toThrow('asked');
  });

  test('may name a file of patterns, and that another', () => {
    const lists = new Map([
      ['/one', ['192.0.2.1', '/two']],
      ['/two', ['.example']],
    ]);
    expect(matches('/one', '10.1.2.3', ['host.example'], lists)).toBe(true);
    expect(matches('/none', '10.1.2.3', ['host.example'], lists)).toBe(false);
  });

  test('that names itself says nothing more', () => {
    const host = { address: '10.1.2.3', names: () => [] };
    const lists = new Map([['/loop', ['/loop', '192.0.2.1']]]);
    expect(matchesHost('/loop', host, { lists, inDoubt: true })).toBe(false);
    expect(matchesHost('/loop', { ...host, address: '192.0.2.1' }, { lists, inDoubt: false })).toBe(true);
  });

  test.each(['/unread', '/names it', '@netgroup'])('is in doubt where nobody knows whom it means: %s', (pattern) => {
    const host = { address: '10.1.2.3', names: () => [] };
    const lists = new Map([['/names it', ['192.0.2.1', '/unread']]]);
    expect(matchesHost(pattern, host, { lists, inDoubt: true })).toBe(true);
    expect(matchesHost(pattern, host, { lists, inDoubt: false })).toBe(false);
  });
});

describe('a text pattern', () => {
  test.each([
    ['KNOWN', 'ftpd', true],
    ['KNOWN', 'unknown', false],
    ['ft.', 'ft.pd', true],
    ['*d', 'ftpd', true],
    ['*p*d*', 'ftpd', true],
    ['f*x', 'ftpd', false],
    ['ftp', 'ftpd', false],
    ['ftpd?', 'ftpd', false],
    ['ftpd*', 'ftpd', true],
    ['*', '', true],
  ])('%s against %s: %s', (pattern, text, isMatch) => {
    expect(matchesText(pattern, text)).toBe(isMatch);
  });

  test('of many stars takes no time', () => {
    expect(matchesText(`${'*a'.repeat(200)}b`, 'a'.repeat(1500))).toBe(false);
  });
});
