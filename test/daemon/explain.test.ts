import { describe, expect, test } from 'vitest';
import { explainAccess } from '../../src/daemon/explain.ts';
import type { LiveFacts } from '../../src/daemon/explain-request.ts';
import { domainRule, hostRule, ipv4Rule, ipv6Rule, serviceWith, spanAt } from '../policy/facts.ts';
import { tables } from '../policy/wrappers.ts';

const AT_NIGHT = { address: '192.0.2.1', minute: 180 };
const OFFICE_HOURS = { access_times: [{ startMinute: 480, endMinute: 1050 }] };

describe('an answer about a caller', () => {
  test('is none where the address is none', () => {
    expect(explainAccess(serviceWith({}), { address: '192.0.2' })).toBeUndefined();
  });

  test('allows everybody where nothing is written', () => {
    const answer = explainAccess(serviceWith({}), { address: '::ffff:192.0.2.1' });
    expect(answer).toMatchObject({ isAllowed: true, address: '192.0.2.1', rule: undefined });
    expect(answer?.because).toBe('without only_from everybody may call');
  });

  test('names the word that admits', () => {
    const answer = explainAccess(serviceWith({ only_from: [ipv4Rule('192.0.2.0/24', 5)] }), { address: '192.0.2.1' });
    expect(answer).toMatchObject({ isAllowed: true, because: 'only_from has "192.0.2.0/24"', rule: spanAt(5) });
  });

  test('names the word that refuses, and the one that would not', () => {
    const lists = { only_from: [ipv4Rule('192.0.2.0/24', 5)], no_access: [ipv4Rule('192.0.2.1', 6)] };
    expect(explainAccess(serviceWith(lists), { address: '192.0.2.1' })).toMatchObject({
      isAllowed: false,
      because: 'no_access has "192.0.2.1"; only_from has "192.0.2.0/24", but no_access is stronger',
      rule: spanAt(6),
    });
  });

  test('names the list that nobody matches', () => {
    const service = serviceWith(
      { only_from: [hostRule('a.test')] },
      { only_from: { from: 'service', span: spanAt(9) } },
    );
    expect(explainAccess(service, { address: '192.0.2.1' })).toMatchObject({
      isAllowed: false,
      because: 'no word of only_from matches, and the name of the caller is not known',
      rule: spanAt(9),
    });
  });

  test('takes a given name as confirmed', () => {
    const service = serviceWith({ only_from: [domainRule('.test')] });
    expect(explainAccess(service, { address: '192.0.2.1', hostName: 'a.test' })?.isAllowed).toBe(true);
    expect(explainAccess(service, { address: '192.0.2.1', hostName: 'a.other' })?.isAllowed).toBe(false);
  });

  test('refuses an unknown name that no_access may mean', () => {
    const answer = explainAccess(serviceWith({ no_access: [domainRule('.test')] }), { address: '192.0.2.1' });
    expect(answer).toMatchObject({ isAllowed: false });
    expect(answer?.because).toContain('the name of the caller is not known');
  });

  test('looks at the time of day where one is given', () => {
    const service = serviceWith(OFFICE_HOURS);
    expect(explainAccess(service, AT_NIGHT)).toMatchObject({
      isAllowed: false,
      because: 'closed at 03:00: it is open 08:00-17:30',
    });
    expect(explainAccess(service, { address: '192.0.2.1' })?.isAllowed).toBe(true);
  });

  test('says that a sensor serves nobody', () => {
    const service = serviceWith({ flags: ['SENSOR'] }, { flags: { from: 'service', span: spanAt(3) } });
    expect(explainAccess(service, AT_NIGHT)).toMatchObject({ isAllowed: false, rule: spanAt(3) });
  });

  test('does not look at addresses where the server accepts', () => {
    const answer = explainAccess(serviceWith({ wait: true, only_from: [] }), { address: '192.0.2.1' });
    expect(answer?.isAllowed).toBe(true);
    expect(answer?.because).toMatch(/accepts by itself/);
  });

  test('sees an IPv4 caller as the socket shows it', () => {
    const rules = { only_from: [ipv6Rule([0, 0, 0, 0], 0)] };
    expect(explainAccess(serviceWith(rules), { address: '192.0.2.1' })?.isAllowed).toBe(true);
    expect(explainAccess(serviceWith({ ...rules, flags: ['IPv4'] }), { address: '192.0.2.1' })?.isAllowed).toBe(false);
  });

  test('describes the limits in its checks', () => {
    const limits = { instances: 5, per_source: 2, max_load: 3, cps: { connections: 50, waitSeconds: 10 } };
    const says = explainAccess(serviceWith(limits), AT_NIGHT)?.checks.map((check) => `${check.name}: ${check.says}`);
    expect(says).toContain('instances: up to 5 servers');
    expect(says).toContain('per_source: up to 2 servers for one source');
    expect(says).toContain('max_load: below a load of 3');
    expect(says).toContain('cps: up to 50 a second, then off for 10 s');
  });

  describe('of a running daemon', () => {
    const idle: LiveFacts = {
      state: 'active',
      instances: { running: 0 },
      perSource: { running: 0 },
      cps: { counted: 0, windowSeconds: 0 },
      perSourceCps: { left: null },
      processLimit: { running: 0, limit: null },
      load: 0,
      banLeftSeconds: 0,
    };
    const LIMITS = {
      instances: 3,
      per_source: 2,
      per_source_cps: 4,
      max_load: 2,
      cps: { connections: 50, waitSeconds: 10 },
    };
    const ask = (live: Partial<LiveFacts>, config: Parameters<typeof serviceWith>[0] = LIMITS) =>
      explainAccess(serviceWith(config), { ...AT_NIGHT, live: { ...idle, ...live } });

    test('says how much of each limit is used', () => {
      const live = {
        instances: { running: 2 },
        perSource: { running: 1 },
        cps: { counted: 7, windowSeconds: 3 },
        load: 1.5,
      };
      const answer = ask({ ...live, perSourceCps: { left: 3 }, processLimit: { running: 5, limit: 9 } });
      expect(answer?.isAllowed).toBe(true);
      expect(answer?.checks.map((check) => `${check.name}: ${check.says}`)).toEqual([
        'per_source_cps: up to 4 a second from one source, 3 left',
        'cps: up to 50 a second, then off for 10 s; 7 in the last 4 s',
        'max_load: below a load of 2; it is 1.50',
        'access_times: always open',
        'instances: up to 3 servers; 2 now',
        'per_source: up to 2 servers for one source; 1 now',
        'limit: up to 9 servers of all services; 5 now',
        'proxy_from: callers connect by themselves',
        'sensor: no sensor, and not banned',
        'access: without only_from everybody may call',
        'libwrap: hosts.allow and hosts.deny are not looked at',
      ]);
    });

    test.each<[string, Partial<LiveFacts>, string]>([
      ['instances', { instances: { running: 3 } }, 'up to 3 servers; 3 now'],
      ['per_source', { perSource: { running: 2 } }, 'up to 2 servers for one source; 2 now'],
      ['per_source_cps', { perSourceCps: { left: 0 } }, 'up to 4 a second from one source, 0 left'],
      ['limit', { processLimit: { running: 5, limit: 5 } }, 'up to 5 servers of all services; 5 now'],
      ['max_load', { load: 2 }, 'below a load of 2; it is 2.00'],
      ['a ban', { banLeftSeconds: 60 }, 'banned for another 60 s'],
      ['a ban for ever', { banLeftSeconds: null }, 'banned for ever'],
      ['cps', { cps: { counted: 60, windowSeconds: 0 } }, 'up to 50 a second, then off for 10 s; 60 in the last 1 s'],
      ['a pause', { state: 'disabled' }, 'the service is off for a while, since it was called too often (cps)'],
    ])('is refused by %s', (_, live, because) => {
      expect(ask(live)).toMatchObject({ isAllowed: false, because });
    });

    test('passes what leaves one connection more', () => {
      expect(ask({ perSourceCps: { left: 1 } })?.isAllowed).toBe(true);
      expect(ask({ perSourceCps: { left: 1 } }, { per_source_cps: 4 })?.isAllowed).toBe(true);
    });
  });

  describe('by hosts.allow and hosts.deny', () => {
    const says = (allow: string, deny: string, config = {}): string =>
      explainAccess(serviceWith(config), { ...AT_NIGHT, tables: tables(allow, deny) })?.checks.at(-1)?.says ?? '';

    test.each([
      ['', '', 'no rule for "true" in hosts.allow and hosts.deny matches'],
      ['', 'sh: ALL', 'hosts.deny is broken, so that everybody is refused'],
      ['\ntrue: 192.0.2.\n', '', '/etc/hosts.allow:2 admits'],
      ['', 'ALL: ALL\n', '/etc/hosts.deny:1 refuses'],
      [
        '',
        'ALL: .test\n',
        'no rule for "true" in hosts.allow and hosts.deny matches, and the name of the caller is not known',
      ],
      ['ALL: ALL: bogus\n', '', '/etc/hosts.allow:1 refuses (bad option name: "bogus")'],
      ['', 'ALL: ALL: twist echo %a\n', '/etc/hosts.deny:1 admits and runs "echo 192.0.2.1" instead'],
      ['', 'ALL: ALL: aclexec true\n', '/etc/hosts.deny:1 refuses, if its commands succeed'],
    ])('says for %j and %j: %s', (allow, deny, words) => {
      expect(says(allow, deny)).toBe(words);
    });

    test('says who does not ask them', () => {
      expect(says('', 'ALL: ALL\n', { flags: ['NOLIBWRAP'] })).toBe('hosts.allow and hosts.deny are not looked at');
      expect(says('', '', { server: undefined })).toBe('there is no name to look for in hosts.allow and hosts.deny');
    });
  });
});
