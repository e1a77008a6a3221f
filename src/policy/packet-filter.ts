// INTERCEPT: only_from and no_access as a program for the kernel, which drops packets of others before a server that has the
// socket for itself can see them. Same rules as address.ts, but the kernel knows no names: those of /etc/hosts
// stand for their addresses, others do not come this far (config/validate.ts).
// Pure. Source: the kernel's Documentation/networking/filter.rst (classic BPF), xinetd.conf(5) INTERCEPT.
// differs: D69.

import { parseIPv4, parseIPv6 } from '../config/attributes/ip-text.ts';
import type { AddressPattern } from '../config/attributes/values.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { mappedRange, prefixRanges } from './prefix-set.ts';
import type { AddressRange } from './prefix-set.ts';

/** Of the socket: only one of IPv6 sees IPv4 callers as mapped addresses. */
export type SocketFamily = 'ipv4' | 'ipv6';

/** Names in it match nobody: see `withoutNames`. */
export interface PacketRules {
  readonly only_from?: ServiceConfig['only_from'];
  readonly no_access?: ServiceConfig['no_access'];
}

interface Instruction {
  readonly code: number;
  readonly jumpIfTrue: number;
  readonly jumpIfFalse: number;
  readonly operand: number;
}

/** Offsets from here on count from the network header. */
const NETWORK_HEADER = -0x10_0000;
const LOAD_WORD = 0x20;
const LOAD_BYTE = 0x30;
const SHIFT_RIGHT = 0x74;
const JUMP = 0x05;
const JUMP_EQUAL = 0x15;
const JUMP_GREATER = 0x25;
const JUMP_NOT_LESS = 0x35;
const RETURN = 0x06;

const IPV4_SOURCE = 12;
const IPV6_SOURCE = 8;
const ALL_BITS = 0xffff_ffff;
const INSTRUCTION_BYTES = 8;

/** The program for a socket, eight bytes an instruction, in the byte order of this machine. */
export function packetFilter({ only_from, no_access = [] }: PacketRules, socket: SocketFamily): Uint8Array {
  const refused = prefixRanges(no_access);
  const admitted = only_from === undefined ? undefined : prefixRanges(only_from);
  const withMapped = ({ ipv4, ipv6 }: typeof refused): readonly AddressRange[] =>
    socket === 'ipv6' && ipv6.some(coversMapped) ? [EVERY_IPV4] : ipv4;
  const ipv4 = section({
    load: load(IPV4_SOURCE),
    refused: withMapped(refused).map(ipv4Test),
    admitted: admitted && withMapped(admitted).map(ipv4Test),
  });
  const ipv6 = section({
    load: [],
    refused: refused.ipv6.map(ipv6Test),
    admitted: admitted?.ipv6.map(ipv6Test),
  });
  return encode([...choose(ipv4.length), ...ipv4, ...ipv6]);
}

/** The rules with the addresses that /etc/hosts gives their names now. */
export function withoutNames(
  { only_from, no_access }: PacketRules,
  addressesOf: (name: string) => readonly string[],
): PacketRules {
  const numeric = (patterns: readonly AddressPattern[] | undefined): readonly AddressPattern[] | undefined =>
    patterns?.flatMap((pattern) =>
      pattern.kind === 'host' ? addressesOf(pattern.name).flatMap((address) => asPattern(pattern, address)) : [pattern],
    );
  return { only_from: numeric(only_from), no_access: numeric(no_access) };
}

function asPattern({ text, span }: AddressPattern, address: string): readonly AddressPattern[] {
  const words = parseIPv6(address);
  if (words !== undefined) return [{ kind: 'ipv6', form: 'numeric', text, span, words, prefix: 128 }];
  const number = parseIPv4(address);
  return number === undefined ? [] : [{ kind: 'ipv4', form: 'numeric', text, span, address: number, mask: ALL_BITS }];
}

const EVERY_IPV4: AddressRange = { start: [0, 0, 0, 0], end: [ALL_BITS, ALL_BITS, ALL_BITS, ALL_BITS] };

function coversMapped({ start, end }: AddressRange): boolean {
  return isNotAfter(start, mappedRange.start) && isNotAfter(mappedRange.end, end);
}

function isNotAfter(a: AddressRange['start'], b: AddressRange['start']): boolean {
  const at = [0, 1, 2, 3].find((index) => a[index] !== b[index]);
  return at === undefined || (a[at] ?? 0) < (b[at] ?? 0);
}

/** What is no IPv6 is IPv4, whose instructions follow at once. */
function choose(ipv4Length: number): readonly Instruction[] {
  return [
    instruction(LOAD_BYTE, NETWORK_HEADER),
    instruction(SHIFT_RIGHT, 4),
    instruction(JUMP_EQUAL, 6, 0, 1),
    instruction(JUMP, ipv4Length),
  ];
}

/** A test falls through when its range does not have the source, and else reaches what it is followed by. */
type Test = (then: Instruction) => readonly Instruction[];

interface Section {
  readonly load: readonly Instruction[];
  readonly refused: readonly Test[];
  /** undefined: everybody. */
  readonly admitted: readonly Test[] | undefined;
}

function section({ load: first, refused, admitted }: Section): readonly Instruction[] {
  return [
    ...first,
    ...refused.flatMap((test) => test(DROP)),
    ...(admitted ?? []).flatMap((test) => test(PASS)),
    admitted === undefined ? PASS : DROP,
  ];
}

function ipv4Test({ start, end }: AddressRange): Test {
  return (then) => [...between(start[0], end[0], 1), then];
}

/** Words that may be anything are not looked at. */
function ipv6Test({ start, end }: AddressRange): Test {
  const words = [0, 1, 2, 3].filter((index) => start[index] !== 0 || end[index] !== ALL_BITS);
  return (then) => {
    let tests: readonly Instruction[] = [then];
    for (const index of words.toReversed()) {
      const [least = 0, most = 0] = [start[index], end[index]];
      tests = [...load(IPV6_SOURCE + 4 * index), ...between(least, most, tests.length), ...tests];
    }
    return tests;
  };
}

/** Skips `over` instructions unless the loaded word lies between the two. */
function between(least: number, most: number, over: number): readonly Instruction[] {
  if (least === most) return [instruction(JUMP_EQUAL, least, 0, over)];
  return [instruction(JUMP_NOT_LESS, least, 0, over + 1), instruction(JUMP_GREATER, most, over, 0)];
}

function load(offset: number): readonly Instruction[] {
  return [instruction(LOAD_WORD, NETWORK_HEADER + offset)];
}

function instruction(code: number, operand: number, jumpIfTrue = 0, jumpIfFalse = 0): Instruction {
  return { code, operand, jumpIfTrue, jumpIfFalse };
}

/** A packet passes whole. */
const PASS = instruction(RETURN, ALL_BITS);
const DROP = instruction(RETURN, 0);

/** struct sock_filter. */
function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(INSTRUCTION_BYTES * program.length);
  const halves = new Uint16Array(bytes.buffer);
  const words = new Uint32Array(bytes.buffer);
  for (const [index, { code, jumpIfTrue, jumpIfFalse, operand }] of program.entries()) {
    halves[4 * index] = code;
    bytes[INSTRUCTION_BYTES * index + 2] = jumpIfTrue;
    bytes[INSTRUCTION_BYTES * index + 3] = jumpIfFalse;
    words[2 * index + 1] = operand >>> 0;
  }
  return bytes;
}
