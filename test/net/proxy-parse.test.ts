import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIPv4, formatIPv6 } from '../../src/config/attributes/ip-text.ts';
import type { InternetEnd } from '../../src/native/socket-kinds.ts';
import { proxyHeader } from '../../src/net/proxy-header.ts';
import { MOST_HEADER_BYTES, parseProxyHeader } from '../../src/net/proxy-parse.ts';
import type { ProxyFinding } from '../../src/net/proxy-parse.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const parse = (text: string): ProxyFinding => parseProxyHeader(bytes(text));
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const port = fc.integer({ min: 0, max: 65_535 });
const ipv4End = fc.record({ address: word, port }).map((end): InternetEnd => ({
  family: 4,
  words: [end.address, 0, 0, 0],
  port: end.port,
  plain: formatIPv4(end.address),
}));
const ipv6End = fc
  .record({ words: fc.tuple(word, word, word, word), port })
  .map((end): InternetEnd => ({ family: 6, ...end, plain: formatIPv6(end.words) }));
const ends = fc.oneof(fc.tuple(ipv4End, ipv4End), fc.tuple(ipv6End, ipv6End));
const version = fc.constantFrom('v1' as const, 'v2' as const);

describe('a header that is written', () => {
  test('reads as the same two ends', () => {
    fc.assert(
      fc.property(version, ends, (written, [client, server]) => {
        expect(parseProxyHeader(proxyHeader(written, client, server))).toEqual({ kind: 'header', client, server });
      }),
    );
  });

  test('is never longer than a relay sends', () => {
    fc.assert(
      fc.property(version, ends, (written, [client, server]) => {
        expect(proxyHeader(written, client, server).length).toBeLessThanOrEqual(107);
      }),
    );
  });

  test('wants no byte beyond its end, wherever it is cut', () => {
    fc.assert(
      fc.property(version, ends, fc.nat(), (written, [client, server], cut) => {
        const whole = proxyHeader(written, client, server);
        const length = cut % whole.length;
        const finding = parseProxyHeader(whole.subarray(0, length));
        if (finding.kind !== 'unfinished') throw new Error(`cut at ${length}: ${JSON.stringify(finding)}`);
        expect(finding.least).toBeGreaterThan(0);
        expect(length + finding.least).toBeLessThanOrEqual(whole.length);
      }),
    );
  });
});

describe('any bytes', () => {
  const begun = fc.constantFrom('', 'PROXY ', 'PROXY TCP4 ', SIGNATURE, `${SIGNATURE}\x21\x11\x00`);
  const anything = fc
    .tuple(begun, fc.uint8Array({ maxLength: 600 }))
    .map(([start, rest]) => [...bytes(start), ...rest]);

  test('come to a finding within the bound', () => {
    fc.assert(
      fc.property(anything, (found) => {
        const finding = parseProxyHeader(Uint8Array.from(found.slice(0, MOST_HEADER_BYTES)));
        if (finding.kind !== 'unfinished') return;
        expect(Math.min(found.length, MOST_HEADER_BYTES) + finding.least).toBeLessThanOrEqual(MOST_HEADER_BYTES);
      }),
    );
  });
});

describe('a line of version 1', () => {
  test('may say that nothing is known', () => {
    expect(parse('PROXY UNKNOWN\r\n')).toEqual({ kind: 'header' });
    expect(parse('PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n')).toEqual({ kind: 'header' });
  });

  test.each([
    ['PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\n', 'a line feed alone'],
    ['PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n', 'a missing port'],
    ['PROXY TCP4 192.0.2.1 198.51.100.2 56324 443 \r\n', 'a blank at its end'],
    ['PROXY  TCP4 192.0.2.1 198.51.100.2 56324 443\r\n', 'two blanks'],
    ['PROXY TCP4 192.0.2.1 198.51.100.2 56324 65536\r\n', 'a port too large'],
    ['PROXY TCP4 192.0.2.1 198.51.100.2 056 443\r\n', 'a leading zero'],
    ['PROXY TCP4 192.0.2.01 198.51.100.2 56324 443\r\n', 'an octal address'],
    ['PROXY TCP4 192.513 198.51.100.2 56324 443\r\n', 'a short address'],
    ['PROXY TCP4 2001:db8::1 2001:db8::2 56324 443\r\n', 'another family'],
    ['PROXY TCP6 192.0.2.1 198.51.100.2 56324 443\r\n', 'another family'],
    ['PROXY TCP6 fe80::1%eth0 fe80::2 56324 443\r\n', 'a zone'],
    ['PROXY TCP6 client server 56324 443\r\n', 'names'],
    ['PROXY UDP4 192.0.2.1 198.51.100.2 56324 443\r\n', 'datagrams'],
    ['PROXY UNKNOWN\rx', 'a carriage return within'],
    ['proxy TCP4 192.0.2.1 198.51.100.2 56324 443\r\n', 'small letters'],
    [`PROXY UNKNOWN ${'x'.repeat(92)}`, 'more than 107 bytes'],
    ['GET / HTTP/1.0\r\n', 'something else'],
  ])('%j is none: %s', (line) => {
    expect(parse(line)).toMatchObject({ kind: 'bad' });
  });
});

describe('a header of version 2', () => {
  const ADDRESSES = '\xc0\0\x02\x01\xc6\x33\x64\x02\xdc\x04\x01\xbb';

  test('may say more than its addresses', () => {
    const known = { kind: 'header', client: { plain: '192.0.2.1', port: 56_324 }, server: { plain: '198.51.100.2' } };
    expect(parse(`${SIGNATURE}\x21\x11\0\x10${ADDRESSES}\x04\0\x01x`)).toMatchObject(known);
  });

  test.each([
    ['\x20\0\0\0', 'a proxy for itself'],
    [`\x20\x11\0\x0c${ADDRESSES}`, 'a proxy for itself, with addresses'],
    ['\x21\0\0\0', 'an unknown family'],
    [`\x21\x31\0\xd8${'\0'.repeat(216)}`, 'a unix socket'],
    [`\x21\x12\0\x0c${ADDRESSES}`, 'datagrams'],
  ])('may name nobody: %j, %s', (rest) => {
    expect(parse(SIGNATURE + rest)).toEqual({ kind: 'header' });
  });

  test.each([
    ['\x11\x11\0\0', 'another version'],
    ['\x22\x11\0\0', 'another command'],
    ['\x21\x41\0\0', 'another family'],
    ['\x21\x11\0\x08\0\0\0\0\0\0\0\0', 'too short for its addresses'],
    ['\x21\x11\x02\x09', 'longer than 536 bytes'],
  ])('is none: %j, %s', (rest) => {
    expect(parse(SIGNATURE + rest)).toMatchObject({ kind: 'bad' });
  });
});
