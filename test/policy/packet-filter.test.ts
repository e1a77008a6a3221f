import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AddressPattern, IPv6Words } from '../../src/config/attributes/values.ts';
import { accessCheck } from '../../src/policy/address.ts';
import { packetFilter, withoutNames } from '../../src/policy/packet-filter.ts';
import type { SocketFamily } from '../../src/policy/packet-filter.ts';
import type { Source } from '../../src/policy/source.ts';
import { hostRule, ipv4, ipv4Rule, ipv6, ipv6Rule, mapped, requestWith } from './facts.ts';

interface Lists {
  readonly only_from?: readonly AddressPattern[];
  readonly no_access?: readonly AddressPattern[];
}

/** The network header of a packet from `source`. */
function headerFrom({ family, words }: Source): DataView {
  if (family === 'unix') throw new Error('a unix socket has no packets');
  const view = new DataView(new ArrayBuffer(40));
  view.setUint8(0, family << 4);
  const used = family === 4 ? words.slice(0, 1) : words;
  for (const [index, word] of used.entries()) view.setUint32((family === 4 ? 12 : 8) + 4 * index, word);
  return view;
}

const OFFSET = 0x10_0000;

/** What the kernel would do: runs the program over the header. */
function passes(program: Uint8Array, source: Source): boolean {
  const header = headerFrom(source);
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  let loaded = 0;
  for (let at = 0; ; at += 1) {
    const code = view.getUint16(8 * at, isLittleEndian);
    const operand = view.getUint32(8 * at + 4, isLittleEndian);
    const jump = (isTrue: boolean): number => view.getUint8(8 * at + (isTrue ? 2 : 3));
    if (code === 0x06) return operand !== 0;
    else if (code === 0x20) loaded = header.getUint32((operand | 0) + OFFSET);
    else if (code === 0x30) loaded = header.getUint8((operand | 0) + OFFSET);
    else if (code === 0x74) loaded >>>= operand;
    else if (code === 0x05) at += operand;
    else if (code === 0x15) at += jump(loaded === operand);
    else if (code === 0x25) at += jump(loaded > operand);
    else if (code === 0x35) at += jump(loaded >= operand);
    else throw new Error(`instruction ${at} has the code ${code}`);
  }
}

/** Few different bits, so that rules and callers meet. */
const word = fc.constantFrom(0, 1, 0xffff, 0x0a00_0001, 0x0a00_00ff, 0x8000_0000, 0xffff_ffff);
const words = fc.tuple(word, word, word, word);
const prefix = fc.constantFrom(0, 1, 8, 16, 31, 32, 33, 64, 95, 96, 97, 104, 127, 128);
const cut = (address: IPv6Words, bits: number): IPv6Words => {
  const keep = (index: number): number => {
    const own = Math.min(Math.max(bits - 32 * index, 0), 32);
    return own === 0 ? 0 : ((address[index] ?? 0) & (0xffff_ffff << (32 - own))) >>> 0;
  };
  return [keep(0), keep(1), keep(2), keep(3)];
};
const mappedWords = word.map((last): IPv6Words => [0, 0, 0xffff, last]);
const dotted = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
const rule = fc.oneof(
  fc.tuple(word, fc.integer({ min: 0, max: 32 })).map(([address, bits]) => {
    const [network] = cut([address, 0, 0, 0], bits);
    return ipv4Rule(`${dotted(network)}/${bits}`);
  }),
  fc.tuple(fc.oneof(words, mappedWords), prefix).map(([address, bits]) => ipv6Rule(cut(address, bits), bits)),
);
const list = fc.array(rule, { maxLength: 6 });
const lists: fc.Arbitrary<Lists> = fc.record({ only_from: list, no_access: list }, { requiredKeys: [] });

describe('the packet filter', () => {
  test('passes exactly whom the rules let in', () => {
    const callers: readonly [SocketFamily, fc.Arbitrary<Source>][] = [
      ['ipv4', word.map((address) => ipv4(dotted(address)))],
      ['ipv6', word.map((address) => mapped(dotted(address)))],
      ['ipv6', words.filter(([first, second, third]) => first + second > 0 || third !== 0xffff).map(ipv6)],
    ];
    for (const [socket, caller] of callers) {
      fc.assert(
        fc.property(lists, caller, (rules, source) => {
          const isDenied = accessCheck(requestWith(rules, { source })) !== undefined;
          expect(passes(packetFilter(rules, socket), source)).toBe(!isDenied);
        }),
        { numRuns: 1000 },
      );
    }
  });

  test('passes everybody without rules', () => {
    expect(passes(packetFilter({ only_from: undefined, no_access: undefined }, 'ipv4'), ipv4('192.0.2.1'))).toBe(true);
  });

  test('knows names by their addresses', () => {
    const rules = withoutNames({ only_from: [hostRule('two.example')] }, () => ['192.0.2.1', '2001:db8::1']);
    const program = packetFilter(rules, 'ipv6');
    expect(passes(program, mapped('192.0.2.1'))).toBe(true);
    expect(passes(program, ipv6([0x2001_0db8, 0, 0, 1]))).toBe(true);
    expect(passes(program, mapped('192.0.2.2'))).toBe(false);
  });

  test('passes nobody where nobody is let in', () => {
    expect(passes(packetFilter({ only_from: [], no_access: undefined }, 'ipv6'), mapped('192.0.2.1'))).toBe(false);
  });
});
