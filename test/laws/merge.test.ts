// Laws of the meaning side: what -T prints loads again to the same, defaults hold wherever they stand,
// adding and removing are inverse, and nothing written in a file makes the loader throw.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressList } from '../../src/config/attributes/address-words.ts';
import { ATTRIBUTES } from '../../src/config/attributes/index.ts';
import { effectiveConfiguration } from '../../src/config/effective.ts';
import { objectionsTo } from '../../src/config/load.ts';
import type { LoadedConfig } from '../../src/config/load.ts';
import { configOf, defaultsText, loadText, serviceText } from '../support/load-text.ts';

const octet = fc.nat(255);
const address = fc.oneof(
  fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.')),
  fc.tuple(octet, octet, fc.nat(32)).map(([a, b, bits]) => `${a}.${b}.0.0/${bits}`),
  fc.tuple(octet, octet, octet).map(([a, b, c]) => `${a}.{${b},${c}}`),
  fc.tuple(fc.nat(65_535), fc.nat(128)).map(([part, bits]) => `2001:db8:${part.toString(16)}::/${bits}`),
  fc.constantFrom('::1', '::', '::ffff:10.1.2.3', 'host.example', '.example.com', 'loopback', 'default'),
);
const addresses = fc.array(address, { maxLength: 4 }).map((words) => words.join(' '));
const operator = fc.constantFrom('=', '+=', '-=');
const flagsOf = (...flags: readonly string[]) => fc.subarray([...flags]).map((words) => words.join(' '));
const limit = fc.oneof(fc.nat(1000).map(String), fc.constant('UNLIMITED'));
const logType = fc.constantFrom(
  'SYSLOG daemon',
  'SYSLOG local3 debug',
  'FILE /log',
  'FILE /log 1k',
  'FILE /log 2k 3k',
  'STDOUT',
);

const commonLine = fc.oneof(
  fc.tuple(fc.constantFrom('only_from', 'no_access'), operator, addresses).map((words) => words.join(' ')),
  fc
    .tuple(fc.constant('log_on_success'), operator, flagsOf('PID', 'HOST', 'EXIT', 'USERID'))
    .map((words) => words.join(' ')),
  fc.tuple(fc.constant('log_on_failure'), operator, flagsOf('HOST', 'ATTEMPT')).map((words) => words.join(' ')),
  fc.tuple(fc.constant('passenv'), operator, flagsOf('PATH', 'HOME', 'LANG')).map((words) => words.join(' ')),
  fc.tuple(fc.constantFrom('instances', 'per_source'), limit).map(([name, value]) => `${name} = ${value}`),
  fc.tuple(fc.nat(99), fc.nat(99)).map(([rate, pause]) => `cps = ${rate} ${pause}`),
  fc.nat(0o777).map((mask) => `umask = ${mask.toString(8)}`),
  logType.map((words) => `log_type = ${words}`),
  fc.constantFrom('groups = yes', 'v6only = yes', 'banner = /b', 'banner_fail = /f', 'max_load = 2.5', 'bind = ::1'),
);
const ownLine = fc.oneof(
  { weight: 3, arbitrary: commonLine },
  fc.constantFrom(
    'nice = -5',
    'group = daemon',
    'libwrap = x',
    'deny_time = FOREVER',
    'rlimit_as = 8M',
    'rlimit_cpu = UNLIMITED',
  ),
  fc.constantFrom(
    'env = A=1 B=2',
    'env += C=',
    'server_args = -u #x',
    'access_times = 1:00-2:00 3:00-23:59',
    'flags = NODELAY IPv6',
  ),
  fc.constantFrom(
    'server = -',
    'redirect = host.example 80',
    'user = 5',
    'id = other',
    'type = INTERNAL UNLISTED',
    'wait = yes',
  ),
);

const configuration = fc
  .tuple(fc.uniqueArray(commonLine, { maxLength: 6 }), fc.array(fc.array(ownLine, { maxLength: 6 }), { maxLength: 4 }))
  .map(([defaults, services]) => ({
    defaults: defaultsText(...defaults),
    services: services
      .map((lines, index) => serviceText([`port = ${index + 1}`, ...lines], index === 0 ? 'echo' : `s${index}`))
      .join(''),
  }));

/** The values of all services, without the places they were written at. */
function valuesOf({ services }: LoadedConfig): readonly unknown[] {
  const withoutPlace = (key: string, value: unknown): unknown =>
    key === 'span' ? undefined : value === Infinity ? 'Infinity' : value;
  return services.map(({ name, config }) => [name, JSON.stringify(config, withoutPlace)]);
}

describe('the effective configuration', () => {
  test('loads again to the same services', () => {
    fc.assert(
      fc.property(configuration, ({ defaults, services }) => {
        const loaded = loadText(defaults + services);
        expect(valuesOf(loadText(effectiveConfiguration(loaded)))).toEqual(valuesOf(loaded));
      }),
    );
  });

  test('of itself is itself', () => {
    fc.assert(
      fc.property(configuration, ({ defaults, services }) => {
        const effective = effectiveConfiguration(loadText(defaults + services));
        expect(effectiveConfiguration(loadText(effective))).toBe(effective);
      }),
    );
  });
});

describe('defaults', () => {
  test('hold wherever they stand', () => {
    fc.assert(
      fc.property(configuration, ({ defaults, services }) => {
        expect(valuesOf(loadText(services + defaults))).toEqual(valuesOf(loadText(defaults + services)));
      }),
    );
  });

  test('say the same twice as once, for lists of flags', () => {
    fc.assert(
      fc.property(flagsOf('PID', 'HOST', 'EXIT'), (flags) => {
        const once = defaultsText(`log_on_success = ${flags}`);
        const twice = defaultsText(`log_on_success = ${flags}`, `log_on_success = ${flags}`);
        expect(valuesOf(loadText(twice + serviceText()))).toEqual(valuesOf(loadText(once + serviceText())));
      }),
    );
  });
});

describe('a list of addresses', () => {
  test('without what was added is what it was', () => {
    fc.assert(
      fc.property(addresses, addresses, (first, second) => {
        const [base, added] = [first, second].map((words) => configOf([`only_from = ${words}`]).only_from ?? []);
        const whole = addressList.add(base, added ?? []);
        const left = addressList.remove(whole, added ?? []);
        expect(left).toEqual(addressList.remove(base, added ?? []));
      }),
    );
  });
});

describe('loading', () => {
  const word = fc.oneof(
    address,
    fc.string({ maxLength: 12 }),
    fc.constantFrom('yes', 'no', '-1', '{', '}', '=', '#', '/'),
  );
  const line = fc
    .tuple(
      fc.constantFrom(...ATTRIBUTES.map(({ name }) => name), 'nonsense'),
      operator,
      fc.array(word, { maxLength: 4 }),
    )
    .map(([name, sign, words]) => `${name} ${sign} ${words.join(' ')}`);

  test('never throws, and a reload never objects to itself', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.array(line, { maxLength: 6 }), (own, common) => {
        const loaded = loadText(defaultsText(...common) + serviceText(own));
        expect(objectionsTo(loaded, loaded)).toEqual([]);
        expect(loaded.services.length + loaded.leftOut.length).toBeLessThanOrEqual(3);
      }),
      { numRuns: 500 },
    );
  });
});
