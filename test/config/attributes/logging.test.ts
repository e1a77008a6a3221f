import { describe, expect, test } from 'vitest';
import { codesOf, configOf, loadText, serviceText } from '../../support/load-text.ts';

const codesFor = (words: string): readonly string[] => codesOf(loadText(serviceText([`log_type = ${words}`])));

describe('log_type', () => {
  test.each([
    ['syslog DAEMON', { kind: 'syslog', facility: 'daemon', level: 'info' }],
    ['SYSLOG local7 debug', { kind: 'syslog', facility: 'local7', level: 'debug' }],
    ['FILE /x', { kind: 'file', path: '/x', softBytes: 0, hardBytes: 0 }],
    ['FILE /x 0', { kind: 'file', path: '/x', softBytes: 0, hardBytes: 0 }],
    ['FILE /x 1000', { kind: 'file', path: '/x', softBytes: 1000, hardBytes: 6120 }],
    ['FILE /x 1M', { kind: 'file', path: '/x', softBytes: 1_048_576, hardBytes: 1_059_061 }],
    ['FILE /x 5M', { kind: 'file', path: '/x', softBytes: 5_242_880, hardBytes: 5_263_360 }],
    ['FILE /x 1k 2k', { kind: 'file', path: '/x', softBytes: 1024, hardBytes: 2048 }],
    ['stdout', { kind: 'stdout' }],
    ['STDERR', { kind: 'stderr' }],
    ['JOURNAL', { kind: 'journal' }],
  ])('takes %s', (words, target) => {
    expect(configOf([`log_type = ${words}`]).log_type).toEqual(target);
  });

  test.each([
    ['/var/log/x', 'XC180'],
    ['SYSLOG', 'XC181'],
    ['SYSLOG daemon info x', 'XC181'],
    ['FILE', 'XC182'],
    ['FILE /x 1 2 3', 'XC182'],
    ['STDOUT x', 'XC182'],
    ['JOURNAL info', 'XC182'],
    ['SYSLOG bogus', 'XC183'],
    ['SYSLOG daemon bogus', 'XC184'],
    ['FILE /x 1G', 'XC185'],
    ['FILE /x 1 y', 'XC186'],
    ['FILE /x 2k 1k', 'XC187'],
    ['', 'XC105'],
  ])('refuses "%s" with %s', (words, code) => {
    expect(codesFor(words)).toEqual([code, 'XC106', 'XC250']);
  });

  test.each([
    ['/var/log/x', 'write "FILE /var/log/x"'],
    ['console', 'SYSLOG, FILE, JOURNAL, STDOUT or STDERR'],
    ['SYSLOG demon', 'did you mean "daemon"?'],
    ['SYSLOG daemon loud', expect.stringContaining('known are emerg')],
  ])('hints at %s', (words, hint) => {
    expect(loadText(serviceText([`log_type = ${words}`])).diagnostics[0]?.hint).toEqual(hint);
  });
});

describe('log_format', () => {
  test('is text unless it says otherwise', () => {
    expect(configOf([]).log_format).toBe('text');
    expect(configOf(['log_format = JSON']).log_format).toBe('json');
  });

  test('refuses what it does not know', () => {
    const { diagnostics } = loadText(serviceText(['log_format = jsom']));
    expect(diagnostics[0]).toMatchObject({ code: 'XC190', hint: 'did you mean "json"?' });
  });
});

describe('log_address', () => {
  test('is full unless it says otherwise', () => {
    expect(configOf([]).log_address).toBe('full');
    expect(configOf(['log_address = Hash']).log_address).toBe('hash');
  });

  test('refuses what it does not know', () => {
    const { diagnostics } = loadText(serviceText(['log_address = none']));
    expect(diagnostics[0]).toMatchObject({ code: 'XC191', hint: 'known are full plain prefix hash' });
  });
});
