import { describe, expect, test } from 'vitest';
import { codesOf, configOf, loadText, serviceText } from '../../support/load-text.ts';

describe('proxy_protocol', () => {
  test.each(['v1', 'V2'])('takes %s', (text) => {
    const { proxy_protocol } = configOf(['redirect = 127.0.0.1 80', `proxy_protocol = ${text}`]);
    expect(proxy_protocol).toBe(text.toLowerCase());
  });

  test('refuses a version that nobody knows', () => {
    const text = serviceText(['redirect = 127.0.0.1 80', 'proxy_protocol = v3']);
    expect(codesOf(loadText(text))).toContain('XC148');
  });

  test('needs somebody to tell', () => {
    expect(codesOf(loadText(serviceText(['proxy_protocol = v1'])))).toContain('XC260');
  });
});

describe('proxy_from', () => {
  const codesFor = (...lines: readonly string[]): readonly string[] =>
    codesOf(loadText(serviceText(['proxy_from = 10.0.0.5', ...lines])));

  test('takes addresses and networks', () => {
    const { proxy_from } = configOf(['proxy_from = 10.0.0.5', 'proxy_from += 10.1.0.0/24 2001:db8::/32']);
    expect(proxy_from?.map(({ text }) => text)).toEqual(['10.0.0.5', '10.1.0.0/24', '2001:db8::/32']);
  });

  test.each(['proxy.example', '.example', '300.1.1.1', '127'])('refuses %s, which is no certain address', (word) => {
    expect(codesOf(loadText(serviceText([`proxy_from = ${word}`])))).toContain('XC167');
  });

  test('needs at least one', () => {
    expect(codesOf(loadText(serviceText(['proxy_from =']))).slice(0, 1)).toEqual(['XC105']);
  });

  test.each([
    [['wait = yes'], 'XC261'],
    [['socket_type = dgram', 'protocol = udp', 'wait = yes'], 'XC261'],
    [['type = UNLISTED TCPMUX', 'protocol = tcp'], 'XC262'],
    [['flags = IDONLY', 'log_on_success = USERID'], 'XC263'],
  ])('keeps a service with %j from starting', (lines, code) => {
    expect(codesFor(...lines)).toContain(code);
  });

  test('leaves out who cannot be asked', () => {
    const { log_on_success } = configOf(['proxy_from = 10.0.0.5', 'log_on_success = HOST USERID']);
    expect(log_on_success).toEqual(['HOST']);
    expect(codesFor('log_on_failure = USERID')).toEqual(['XC264']);
  });

  test.each(['0.0.0.0', '::/0', '10.0.0.5 0.0.0.0/0'])('warns of %s, which is everybody', (words) => {
    expect(codesOf(loadText(serviceText([`proxy_from = ${words}`])))).toEqual(['XC265']);
  });
});
