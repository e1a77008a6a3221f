import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeReply, encodeCall } from '../../src/net/rpc-message.ts';
import type { Mapping } from '../../src/net/rpc-message.ts';

const mapping: Mapping = { program: 100_001, version: 3, transport: 'udp', port: 0x1234 };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (...words: readonly string[]): Uint8Array => Buffer.from(words.join(''), 'hex');

describe('a call', () => {
  test('of version 2 has program, version, protocol and port', () => {
    expect(hex(encodeCall(7, 2, 'set', mapping))).toBe(
      [
        '00000007 00000000 00000002 000186a0 00000002 00000001',
        '00000000 00000000 00000000 00000000',
        '000186a1 00000003 00000011 00001234',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  test('of version 4 has transport, address and owner, each padded', () => {
    const call = encodeCall(7, 4, 'set', { ...mapping, transport: 'tcp6' });
    expect(hex(call.subarray(40))).toBe(
      [
        '000186a1 00000003',
        `00000004 ${hex(Buffer.from('tcp6'))}`,
        `00000008 ${hex(Buffer.from('::.18.52'))}`,
        `00000009 ${hex(Buffer.from('superuser\0\0\0'))}`,
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });
});

describe('a reply', () => {
  const accepted = ['00000007', '00000001', '00000000', '00000000', '00000000'];

  test('carries the first word of the result', () => {
    expect(decodeReply(bytes(...accepted, '00000000', '00000001'))).toEqual({
      callId: 7,
      answer: { kind: 'done', value: 1 },
    });
  });

  test('may have a verifier before it', () => {
    const verified = ['00000007', '00000001', '00000000', '00000001', '00000003', 'aabbcc00', '00000000', '00000002'];
    expect(decodeReply(bytes(...verified))?.answer).toEqual({ kind: 'done', value: 2 });
  });

  test('says that the version is not spoken', () => {
    const mismatch = bytes(...accepted, '00000002', '00000002', '00000002');
    expect(decodeReply(mismatch)?.answer).toEqual({ kind: 'mismatch' });
  });

  test.each([
    ['denied', bytes('00000007', '00000001', '00000001', '00000001')],
    ['of a system error', bytes(...accepted, '00000005')],
  ])('%s is a refusal', (_, reply) => {
    expect(decodeReply(reply)?.answer).toEqual({ kind: 'refused' });
  });

  test('of any bytes is read without failing', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => void decodeReply(noise)));
  });
});
