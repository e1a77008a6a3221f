import { describe, expect, test } from 'vitest';
import { expectationsOf, parseTime } from '../../src/config/expectations.ts';
import type { ExpectationsRead } from '../../src/config/expectations.ts';
import { loadConfig } from '../../src/config/load.ts';
import { fakePorts } from '../support/fake-ports.ts';

/** What the block of an internal service with these lines expects. */
function read(lines: readonly string[], after = ''): ExpectationsRead {
  const attributes = ['type = INTERNAL UNLISTED', 'socket_type = stream', 'protocol = tcp', 'wait = no', 'port = 7000'];
  const text = ['service echo', '{', ...attributes, ...lines, '}', after].join('\n');
  const { services } = loadConfig({ path: '/c', baseDirectory: '/' }, fakePorts({ '/c': text }));
  const [service] = services;
  if (service === undefined) throw new Error('the service was not loaded');
  return expectationsOf(service);
}

describe('an access test', () => {
  test('says who is expected to be admitted', () => {
    const { expectations, diagnostics } = read(['#: expect allow 192.0.2.1', '\t#:expect DENY 2001:db8::1']);
    expect(expectations.map(({ isAllowed, address }) => [isAllowed, address])).toEqual([
      [true, '192.0.2.1'],
      [false, '2001:db8::1'],
    ]);
    expect(diagnostics).toEqual([]);
  });

  test('may give a name and a time', () => {
    const [expectation] = read(['#: expect deny 192.0.2.1 name a.test at 03:00']).expectations;
    expect(expectation).toMatchObject({ hostName: 'a.test', minute: 180 });
  });

  test('has a place', () => {
    const [expectation] = read(['  #: expect deny 192.0.2.1 \r']).expectations;
    const { source, start, end } = expectation?.span ?? { source: { text: '' }, start: 0, end: 0 };
    expect(source.text.slice(start, end)).toBe('expect deny 192.0.2.1');
  });

  test.each([
    'expect',
    'expect alow 192.0.2.1',
    'expect allow',
    'expect allow host.test',
    'expect allow 192.0.2.1 at 25:00',
    'expect allow 192.0.2.1 from x',
  ])('is not %j', (words) => {
    const { expectations, diagnostics } = read([`#: ${words}`]);
    expect(expectations).toEqual([]);
    expect(diagnostics.map(({ code, args }) => [code, args])).toEqual([['XC261', [words]]]);
  });

  test('is no ordinary comment', () => {
    expect(read(['# expect allow 192.0.2.1', '#: expected', '#: note'])).toEqual({ expectations: [], diagnostics: [] });
  });

  test('belongs to the block it stands in', () => {
    expect(read([], '#: expect allow 192.0.2.1').expectations).toEqual([]);
  });
});

describe('a time of day', () => {
  test.each([
    ['0:00', 0],
    ['03:05', 185],
    ['23:59', 1439],
    ['24:00', undefined],
    ['3', undefined],
    ['3:60', undefined],
  ])('%s is minute %s', (text, minute) => {
    expect(parseTime(text)).toBe(minute);
  });
});
