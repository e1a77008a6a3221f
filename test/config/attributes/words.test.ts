import { describe, expect, test } from 'vitest';
import type { ServiceConfig } from '../../../src/config/service-config.ts';
import { codesOf, configOf, loadText, serviceText } from '../../support/load-text.ts';

const valueOf = (name: keyof ServiceConfig, words: string): unknown => configOf([`${name} = ${words}`])[name];
const codesFor = (line: string): readonly string[] => codesOf(loadText(serviceText([line])));

describe('a number', () => {
  test.each([
    ['nice', '5', 5],
    ['nice', '+5', 5],
    ['nice', '-100', -100],
    ['port', '065535', 65_535],
    ['instances', '010', 10],
    ['instances', '0', 0],
    ['per_source', 'unlimited', Infinity],
    ['umask', '22', 0o22],
    ['umask', '0777', 0o777],
    ['max_load', '2.5', 2.5],
    ['max_load', '1e1x', 10],
    ['max_load', '-1', -1],
    ['rpc_number', '600001', 600_001],
  ] as const)('of %s reads %s as %d', (name, words, value) => {
    expect(valueOf(name, words)).toBe(value);
  });

  test.each([
    ['port = 0', 'XC116'],
    ['port = -1', 'XC116'],
    ['port = 65536', 'XC116'],
    ['port = 4294987297', 'XC116'],
    ['port = 0x50', 'XC116'],
    ['port = http', 'XC116'],
    ['nice = 5.5', 'XC121'],
    ['nice = 99999999999', 'XC121'],
    ['instances = ten', 'XC150'],
    ['instances = -1', 'XC150'],
    ['per_source = -1', 'XC151'],
    ['umask = 0o22', 'XC135'],
    ['umask = 1000', 'XC135'],
    ['umask = 999', 'XC135'],
    ['max_load = high', 'XC154'],
    ['max_load = 0', 'XC155'],
    ['max_load = 1e999', 'XC155'],
    ['rpc_number = abc', 'XC120'],
  ])('%s is refused with %s', (line, code) => {
    expect(codesFor(line)).toEqual([code, 'XC106', 'XC250']);
  });
});

describe('cps', () => {
  test('takes a rate and a pause', () => {
    expect(valueOf('cps', '25 30')).toEqual({ connections: 25, waitSeconds: 30 });
  });

  test('wraps a small negative number as the reference', () => {
    expect(valueOf('cps', '-1 5')).toEqual({ connections: 4_294_967_295, waitSeconds: 5 });
  });

  test.each([
    ['cps = a b', 'XC152'],
    ['cps = 1 b', 'XC153'],
    ['cps = 99999999999 1', 'XC152'],
  ])('%s is refused with %s', (line, code) => {
    expect(codesFor(line)).toContain(code);
  });
});

describe('a resource limit', () => {
  test.each([
    ['rlimit_as', '8M', 8_388_608],
    ['rlimit_stack', '16k', 16_384],
    ['rlimit_data', '+5', 5],
    ['rlimit_rss', 'UNLIMITED', Infinity],
    ['rlimit_files', '-1', Infinity],
    ['rlimit_cpu', '60', 60],
    ['rlimit_as', '0', undefined],
  ] as const)('%s reads %s as %d', (name, words, value) => {
    expect(valueOf(name, words)).toBe(value);
  });

  test.each([
    ['rlimit_as = 8G', 'XC142'],
    ['rlimit_cpu = 8M', 'XC143'],
    ['rlimit_data = x', 'XC144'],
    ['rlimit_rss = -2', 'XC145'],
    ['rlimit_stack = k', 'XC146'],
    ['rlimit_files = 20000000000000000000', 'XC147'],
  ])('%s is refused with %s', (line, code) => {
    expect(codesFor(line)).toContain(code);
  });
});

describe('yes and no', () => {
  test('count in either case', () => {
    expect(valueOf('groups', 'YES')).toBe(true);
    expect(valueOf('v6only', 'No')).toBe(false);
  });

  test.each([
    ['wait = nowait', 'write "no"'],
    ['wait = wait', 'write "yes"'],
    ['groups = on', 'write "yes"'],
    ['v6only = 0', 'write "no"'],
    ['groups = maybe', undefined],
  ])('%s is refused with the hint %s', (line, hint) => {
    const [finding] = loadText(serviceText([line])).diagnostics;
    expect(finding?.hint).toBe(hint);
  });
});

describe('flags', () => {
  test('stand in their fixed order, once each', () => {
    expect(valueOf('log_on_success', 'pid HOST PID')).toEqual(['HOST', 'PID']);
  });

  test.each([
    ['flags = NODELY', 'XC111', 'did you mean "NODELAY"?'],
    ['log_on_success = RECORD # x', 'XC188', expect.stringContaining('known are')],
    ['log_on_failure = HOST # why', 'XC189', 'a comment needs a line of its own'],
    ['type = UNLISTED,INTERNAL', 'XC110', expect.stringContaining('known are')],
  ])('%s is refused with %s', (line, code, hint) => {
    const [finding] = loadText(serviceText([line])).diagnostics;
    expect(finding).toMatchObject({ code, hint });
  });
});
