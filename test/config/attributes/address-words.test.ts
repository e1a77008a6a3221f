import { describe, expect, test } from 'vitest';
import { addressList, isHostName, showAddress } from '../../../src/config/attributes/address-words.ts';
import type { AddressPattern } from '../../../src/config/attributes/values.ts';
import { codesOf, configOf, loadText, serviceText } from '../../support/load-text.ts';

const onlyFrom = (words: string): readonly AddressPattern[] => configOf([`only_from = ${words}`]).only_from ?? [];
const shown = (words: string): readonly string[] => onlyFrom(words).map(showAddress);
const bare = (words: string): readonly object[] => onlyFrom(words).map(({ span: _span, ...pattern }) => pattern);
const codesFor = (line: string): readonly string[] => codesOf(loadText(serviceText([line])));

describe('an IPv4 address', () => {
  test.each([
    ['10.1.2.3', 0x0a01_0203, 0xffff_ffff],
    ['10.1.2.0', 0x0a01_0200, 0xffff_ff00],
    ['10.1.0.0', 0x0a01_0000, 0xffff_0000],
    ['10.0.0.0', 0x0a00_0000, 0xff00_0000],
    ['0.0.0.0', 0, 0],
    ['0.1.2.3', 0x0001_0203, 0xffff_ffff],
    ['10.1', 0x0a00_0001, 0xffff_ffff],
    ['167772161', 0x0a00_0001, 0xffff_ffff],
    ['0x7f.1', 0x7f00_0001, 0xffff_ffff],
    ['010.0.0.1', 0x0800_0001, 0xffff_ffff],
    ['::ffff:10.0.0.0', 0x0a00_0000, 0xffff_ffff],
  ])('%s has trailing zeros as wildcards', (text, address, mask) => {
    expect(bare(text)).toEqual([{ text, kind: 'ipv4', form: 'numeric', address, mask }]);
  });

  test.each(['256.1.1.1', '10.1.2.', '1.2.3.4.5', '08.1.1.1', '10.0.0.1-10.0.0.9', '10.0.0.*', '!10.0.0.2', '[::1]'])(
    '%s is dropped from only_from',
    (text) => {
      expect(codesFor(`only_from = ${text}`)).toEqual(['XC160']);
      expect(onlyFrom(`${text} 10.0.0.1`)).toHaveLength(1);
    },
  );
});

describe('a network', () => {
  test.each([
    ['10.9.9.9/8', 0x0a00_0000, 0xff00_0000],
    ['10.0.0.0/0', 0, 0],
    ['10.0.0.1/32', 0x0a00_0001, 0xffff_ffff],
    ['::ffff:10.1.0.0/104', 0x0a00_0000, 0xff00_0000],
    ['loopback', 0x7f00_0000, 0xff00_0000],
  ])('%s is masked', (text, address, mask) => {
    expect(bare(text)).toEqual([{ text, kind: 'ipv4', form: 'net', address, mask }]);
  });

  test('of IPv6 is masked', () => {
    expect(bare('2001:db8:1::9/40')).toEqual([
      { text: '2001:db8:1::9/40', kind: 'ipv6', form: 'net', words: [0x2001_0db8, 0, 0, 0], prefix: 40 },
    ]);
  });

  test.each([
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/',
    '/8',
    '10.0.0.0/8x',
    '10.0.0.0//8',
    '::1/129',
    '10.0.0.0/255.0.0.0',
  ])('%s is no network', (text) => {
    expect(codesFor(`only_from = ${text}`)).toEqual(['XC160']);
  });

  test('number zero is no network but a name', () => {
    expect(bare('default')).toEqual([{ text: 'default', kind: 'host', name: 'default' }]);
  });
});

describe('an IPv6 address', () => {
  test.each([
    ['::1', [0, 0, 0, 1], 128],
    ['fe80::1%lo', [0xfe80_0000, 0, 0, 1], 128],
    ['::', [0, 0, 0, 0], 0],
  ])('%s is exact, except the unspecified one', (text, words, prefix) => {
    expect(bare(text)).toEqual([{ text, kind: 'ipv6', form: 'numeric', words, prefix }]);
  });
});

describe('a name', () => {
  test('is kept as text and never resolved', () => {
    expect(bare('Host.Example. .Example.com')).toEqual([
      { text: 'Host.Example.', kind: 'host', name: 'host.example' },
      { text: '.Example.com', kind: 'domain', suffix: '.example.com' },
    ]);
  });

  test('of /etc/hosts comes before one of /etc/networks', () => {
    const { only_from } = configOf(['only_from = loopback'], { lookupHosts: () => ['127.0.0.1'] });
    expect(only_from?.[0]?.kind).toBe('host');
  });

  test.each([
    ['a', true],
    ['a-b.c_d', true],
    ['-a', false],
    ['a-', false],
    ['a..b', false],
    ['a.5', false],
    ['10.0.0.1', false],
    ['x'.repeat(64), false],
    [`${'x.'.repeat(130)}y`, false],
  ])('%s is well formed: %s', (text, isName) => {
    expect(isHostName(text)).toBe(isName);
  });
});

describe('a list in braces', () => {
  test('is one pattern an element', () => {
    expect(bare('10.1.{0,3}')).toEqual([
      { text: '10.1.{0}', kind: 'ipv4', form: 'numeric', address: 0x0a01_0000, mask: 0xffff_ff00 },
      { text: '10.1.{3}', kind: 'ipv4', form: 'numeric', address: 0x0a01_0300, mask: 0xffff_ff00 },
    ]);
  });

  test('may be everything', () => {
    expect(shown('{10,11}')).toEqual(['10.0.0.0(NUMERIC)', '11.0.0.0(NUMERIC)']);
  });

  test.each([
    ['10.{1,2}.3', 'XC163'],
    ['10.1.{2,3', 'XC163'],
    ['10.1.{2-4}', 'XC163'],
    ['10.1.{300,4}', 'XC163'],
    ['10..{1}', 'XC164'],
    ['.', 'XC164'],
    ['10.1.{}', 'XC165'],
    ['10.1.{1,,2}', 'XC165'],
  ])('%s refuses the service with %s', (text, code) => {
    expect(codesFor(`only_from = ${text}`)).toEqual([code, 'XC166', 'XC106', 'XC250']);
  });

  test('of IPv6 is no form at all', () => {
    expect(codesFor('only_from = 2001:db8::{1,2}')).toEqual(['XC160']);
  });
});

describe('no_access', () => {
  test.each(['10.0.0.0/33', '127', '10/8', '10.0.0.1-10.0.0.9', '/33'])('with %s refuses the service', (text) => {
    expect(codesFor(`no_access = ${text}`)).toEqual(['XC161', 'XC106', 'XC250']);
  });

  test('takes what only_from takes', () => {
    expect(codesFor('no_access = 10.0.0.0/8 ::1 host.example')).toEqual([]);
  });
});

describe('a hint', () => {
  test.each([
    ['10.0.0.0/255.0.0.0', 'write 10.0.0.0/8'],
    ['10.0.0.1/255.255.255.255', 'write 10.0.0.1/32'],
    ['10.0.0.1-10.0.0.9', 'ranges are not known: use a prefix such as 10.0.0.0/28'],
    ['#', 'a comment needs a line of its own'],
    ['10.*', 'wildcards are not known: use a prefix such as 10.0.0.0/8'],
    ['10.0.0.1,10.0.0.2', 'write 10.0.0.1 10.0.0.2'],
  ])('for %s says %s', (text, hint) => {
    const finding = loadText(serviceText([`only_from = ${text}`])).diagnostics.find(({ code }) => code !== 'XC106');
    expect(finding?.hint).toBe(hint);
  });

  test('for a bare number in no_access names the network', () => {
    const [finding] = loadText(serviceText(['no_access = 127'])).diagnostics;
    expect(finding?.hint).toBe('write 127.0.0.0 for the whole network');
  });
});

describe('the list operations', () => {
  const removed = (base: string, gone: string): readonly string[] =>
    addressList.remove(onlyFrom(base), onlyFrom(gone)).map(({ text }) => text);

  test('remove what says the same in another spelling', () => {
    expect(removed('10.1.0.0/16 10.2.0.0 10.0.0.1', '10.1.0.0 10.2.9.9/16')).toEqual(['10.0.0.1']);
    expect(removed('HOST.example .EXAMPLE.com ::1 2001:db8::/32', 'host.EXAMPLE .example.com 0::1')).toEqual([
      '2001:db8::/32',
    ]);
  });

  test('remove from nothing give an empty list', () => {
    expect(addressList.remove(undefined, onlyFrom('10.0.0.1'))).toEqual([]);
  });
});

describe('the dump', () => {
  test.each([
    ['1.2.3.4/24', '1.2.3.4/255.255.255.0(NET)'],
    ['10.1', '10.0.0.1(NUMERIC)'],
    ['loopback', '127.0.0.0/255.0.0.0(NET)'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4(NUMERIC)'],
    ['fe80::/10', 'fe80::/ffc0::(NET)'],
    ['10.0.0.1/32', '10.0.0.1(NUMERIC)'],
    ['10.0.0.0/32', '10.0.0.0(NUMERIC)'],
    ['::ffff:10.0.0.0/120', '::ffff:10.0.0.0/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00(NET)'],
    ['0:0:0:1::', '0:0:0:1::(NUMERIC)'],
    ['host.example', 'host.example(HOST)'],
    ['.example', '.example(HOST)'],
  ])('prints %s as %s', (text, line) => {
    expect(shown(text)).toEqual([line]);
  });
});
