import { describe, expect, test } from 'vitest';
import type { InternetEnd } from '../../src/native/socket-kinds.ts';
import { proxyHeader } from '../../src/net/proxy-header.ts';

const client: InternetEnd = { family: 4, words: [0xc000_0201, 0, 0, 0], port: 56_324, plain: '192.0.2.1' };
const server: InternetEnd = { family: 4, words: [0xc633_6402, 0, 0, 0], port: 443, plain: '198.51.100.2' };
const six: InternetEnd = { family: 6, words: [0x2001_0db8, 0, 0, 1], port: 1, plain: '2001:db8::1' };

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const SIGNATURE = '0d0a0d0a000d0a515549540a';

describe('a header of version 1', () => {
  test('names both ends in one line', () => {
    expect(text(proxyHeader('v1', client, server))).toBe('PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n');
    expect(text(proxyHeader('v1', six, six))).toBe('PROXY TCP6 2001:db8::1 2001:db8::1 1 1\r\n');
  });

  test('says that nothing is known', () => {
    expect(text(proxyHeader('v1', client, undefined))).toBe('PROXY UNKNOWN\r\n');
  });
});

describe('a header of version 2', () => {
  test('holds both ends in network order', () => {
    expect(hex(proxyHeader('v2', client, server))).toBe(`${SIGNATURE}2111000cc0000201c6336402dc0401bb`);
    const address = '20010db8000000000000000000000001';
    expect(hex(proxyHeader('v2', six, six))).toBe(`${SIGNATURE}21210024${address}${address}00010001`);
  });

  test('is local where nothing is known', () => {
    expect(hex(proxyHeader('v2', client, six))).toBe(`${SIGNATURE}20000000`);
  });
});
