import { describe, expect, test } from 'vitest';
import { explainAccess } from '../../src/daemon/explain.ts';
import { domainRule, hostRule, ipv4Rule, ipv6Rule, serviceWith, spanAt } from '../policy/facts.ts';

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
});
