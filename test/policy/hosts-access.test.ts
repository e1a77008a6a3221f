import { describe, expect, test } from 'vitest';
import type { ServiceConfig } from '../../src/config/service-config.ts';
import { decide } from '../../src/policy/decide.ts';
import { asksWrappers, consultWrappers, wrappedName, wrappersNeed } from '../../src/policy/hosts-access.ts';
import type { WrapperFacts, WrapperRuling } from '../../src/policy/hosts-access.ts';
import type { HostName, PolicyRequest } from '../../src/policy/request.ts';
import type { Verdict } from '../../src/policy/verdict.ts';
import { ipv4, requestWith, serviceWith } from './facts.ts';
import { tables, wrapperFacts } from './wrappers.ts';

const NAMED: HostName = { kind: 'known', name: 'host.example.', others: ['other.example'] };

function ruling(
  allow: string,
  deny = '',
  facts: Partial<WrapperFacts> = {},
  more: Partial<PolicyRequest> = {},
): WrapperRuling {
  const request = requestWith({}, { source: ipv4('10.1.2.3'), hostName: NAMED, ...more });
  return consultWrappers(request, wrapperFacts(allow, deny, facts), 'ftpd');
}

function verdict(
  config: Partial<ServiceConfig>,
  allow: string,
  deny: string,
  facts: Partial<PolicyRequest> = {},
): Verdict {
  return decide(requestWith(config, { wrappers: wrapperFacts(allow, deny), ...facts })).verdict;
}

describe('the files', () => {
  test('admit whom neither names', () => {
    expect(ruling('', '').kind).toBe('allow');
  });

  test('admit whom hosts.allow names, whatever hosts.deny says', () => {
    expect(ruling('ftpd: 10.\n', 'ALL: ALL\n')).toMatchObject({
      kind: 'allow',
      rule: { path: '/etc/hosts.allow', line: 1 },
    });
  });

  test('refuse whom hosts.deny names', () => {
    expect(ruling('sh: ALL\n', '\nALL: .example\n')).toMatchObject({
      kind: 'deny',
      rule: { path: '/etc/hosts.deny', line: 2 },
    });
  });

  test('know exceptions, and exceptions to those', () => {
    expect(ruling('', 'ALL EXCEPT ftpd: ALL\n').kind).toBe('allow');
    expect(ruling('', 'ALL: ALL except 10.\n').kind).toBe('allow');
    expect(ruling('', 'ALL: ALL EXCEPT 10. EXCEPT 10.1.2.3\n').kind).toBe('deny');
  });

  test('refuse everybody who is not admitted when hosts.deny is broken', () => {
    expect(ruling('', 'sh: ALL').kind).toBe('deny');
    expect(ruling('ftpd: ALL\n', 'sh: ALL').kind).toBe('allow');
  });

  test('admit nobody by a broken hosts.allow', () => {
    expect(ruling('ftpd: ALL', 'ALL: ALL\n').kind).toBe('deny');
  });

  test('may turn an admission into a refusal and back', () => {
    expect(ruling('ALL: ALL: deny\n').kind).toBe('deny');
    expect(ruling('', 'ALL: ALL: allow\n').kind).toBe('allow');
  });

  test('refuse at a mistake in an option', () => {
    expect(ruling('ALL: ALL: umask 022: bogus: allow\n')).toMatchObject({
      kind: 'deny',
      mistake: 'bad option name: "bogus"',
    });
  });

  test('match a caller by each of its names', () => {
    expect(ruling('', 'ALL: other.example\n').kind).toBe('deny');
    expect(ruling('', 'ALL: host.example\n').kind).toBe('deny');
  });

  test('do not take a name for one of their own words', () => {
    const hostName: HostName = { kind: 'known', name: 'unknown' };
    expect(ruling('ALL: UNKNOWN\n', 'ALL: PARANOID\n', {}, { hostName }).kind).toBe('deny');
  });

  test('tell a claimed name from none', () => {
    expect(ruling('', 'ALL: PARANOID\n', {}, { hostName: { kind: 'unknown', isPretended: true } }).kind).toBe('deny');
    expect(ruling('', 'ALL: PARANOID\n', {}, { hostName: { kind: 'unknown' } }).kind).toBe('allow');
  });

  test('know nobody where the caller cannot be known', () => {
    expect(ruling('', 'ALL: UNKNOWN\n', {}, { source: undefined }).kind).toBe('deny');
    expect(ruling('', 'ALL: KNOWN 10.\n', {}, { source: undefined }).kind).toBe('allow');
  });

  test('take every user for unknown', () => {
    expect(ruling('', 'ALL: UNKNOWN@10.\n').kind).toBe('deny');
    expect(ruling('', 'ALL: KNOWN@ALL joe@ALL UNKNOWN@11.\n').kind).toBe('allow');
  });

  test('match the own end of the connection', () => {
    const server = { ...ipv4('10.9.9.9'), port: 21 };
    expect(ruling('', 'ftpd@10.9.: ALL\n', { server }).kind).toBe('deny');
    expect(ruling('', 'ftpd@10.8.: ALL\n', { server }).kind).toBe('allow');
    expect(ruling('', '21: ALL\n', { server }).kind).toBe('deny');
    expect(ruling('', 'ALL@srv: ALL\n', { server, serverName: { kind: 'known', name: 'srv' } }).kind).toBe('deny');
  });
});

describe('a name', () => {
  const needs = (allow: string, deny: string, facts: Partial<WrapperFacts> = {}): WrapperRuling['needs'] =>
    wrappersNeed(
      requestWith({ libwrap: 'ftpd' }, { source: ipv4('10.1.2.3'), wrappers: wrapperFacts(allow, deny, facts) }),
    );

  test('is needed where a pattern before the match asks for it', () => {
    expect(needs('', 'ALL: .bad\n').hostName).toBe(true);
    expect(needs('ALL: ALL: twist echo %h\n', '').hostName).toBe(true);
  });

  test('is not needed where addresses decide', () => {
    expect(needs('ftpd: 10.\nALL: .good\n', 'sh: .bad\n')).toEqual({ hostName: false, serverName: false });
  });

  test('of the own end is needed for patterns of it', () => {
    expect(needs('', 'ALL@srv: ALL\n', { server: ipv4('10.9.9.9') })).toEqual({ hostName: false, serverName: true });
  });

  test('is needed by nobody who does not ask the files', () => {
    expect(wrappersNeed(requestWith({})).hostName).toBe(false);
    const wrappers = wrapperFacts('', 'ALL: .bad\n');
    expect(wrappersNeed(requestWith({ server: undefined }, { wrappers })).hostName).toBe(false);
  });
});

describe('a command', () => {
  test('is asked for with the settings so far', () => {
    expect(ruling('ALL: ALL: setenv A %a: spawn x %d: allow\n')).toMatchObject({
      kind: 'ask',
      step: { kind: 'command', command: 'x ftpd', isDeciding: false, settings: ['A=10.1.2.3'] },
    });
  });

  test('does not decide when it is spawned', () => {
    expect(ruling('ALL: ALL: spawn x\n', '', { answers: [false] }).kind).toBe('allow');
  });

  test('decides for its file when it is aclexec', () => {
    const allow = 'ALL: ALL: aclexec a\nftpd: ALL\n';
    expect(ruling(allow, 'ALL: ALL\n', { answers: [true] }).kind).toBe('allow');
    expect(ruling(allow, 'ALL: ALL\n', { answers: [false] }).kind).toBe('deny');
    expect(ruling(allow, 'ALL: ALL: aclexec b\n', { answers: [false] })).toMatchObject({ step: { command: 'b' } });
    expect(ruling(allow, 'ALL: ALL: aclexec b\n', { answers: [false, false] }).kind).toBe('allow');
    expect(ruling(allow, 'ALL: ALL: aclexec b\n', { answers: [false, true] }).kind).toBe('deny');
  });

  test('refuses when it grows too long', () => {
    const long = `%h%h${'%h'.repeat(900)}`;
    for (const option of [`spawn ${long}`, `twist ${long}`, `setenv A ${long}`]) {
      expect(ruling(`ALL: ALL: ${option}\n`)).toMatchObject({ kind: 'deny', mistake: 'percent_x: expansion too long' });
    }
  });
});

describe('a rule', () => {
  test('changes the server', () => {
    const options = 'umask 077: nice 2: nice 3: linger 4: keepalive: rfc931: group nogroup: user nobody';
    expect(ruling(`ALL: ALL: ${options}\n`).effects).toEqual({
      settings: [],
      umask: 0o77,
      nice: 5,
      lingerSeconds: 4,
      isKeepAlive: true,
      ids: { name: 'nobody', uid: 65_534, gid: 65_534, groups: [65_534, 7] },
    });
  });

  test('keeps the user when it names a group', () => {
    const { effects } = ruling('ALL: ALL: user nobody: group nogroup\n');
    expect(effects.ids).toEqual({ name: 'nogroup', uid: 65_534, gid: 65_533, groups: [65_533] });
  });

  test('makes nobody else of a server that is not root', () => {
    expect(ruling('ALL: ALL: user nobody\n', '', { isRoot: false })).toMatchObject({
      kind: 'deny',
      mistake: 'setgid(nobody): Operation not permitted',
    });
  });

  test('puts a command into the server’s place, also in hosts.deny', () => {
    expect(ruling('', 'ALL: ALL: twist echo %a\n')).toMatchObject({
      kind: 'allow',
      effects: { twist: 'echo 10.1.2.3' },
    });
  });

  test('greets with the file of the daemon’s name', () => {
    const { step } = ruling('ALL: ALL: banners /etc/banners\n');
    expect(step).toMatchObject({ kind: 'banner', path: '/etc/banners/ftpd' });
    expect(step?.kind === 'banner' && step.expand('hello %a')).toBe('hello 10.1.2.3');
  });
});

describe('a verdict', () => {
  test('refuses in the reference’s words', () => {
    expect(verdict({ id: 'in' }, '', 'true: ALL\n')).toMatchObject({
      kind: 'deny',
      reason: 'libwrap',
      by: 'libwrap',
      stage: 'after-fork',
      notes: [{ level: 'info', text: 'libwrap refused connection to in (libwrap=true) from 192.0.2.1' }],
    });
  });

  test('names the place of a mistake first', () => {
    expect(verdict({}, '\nALL: ALL: bogus\n', '')).toMatchObject({
      notes: [{ level: 'error', text: '/etc/hosts.allow:2: bad option name: "bogus"' }, { level: 'info' }],
    });
  });

  test('refuses a service without a name', () => {
    expect(verdict({ server: undefined }, '', '')).toMatchObject({
      notes: [{ text: 'server param not provided to libwrap refusing connection to svc from 192.0.2.1' }],
    });
  });

  test('carries the effects', () => {
    expect(verdict({}, 'ALL: ALL: nice 5\n', '')).toEqual({
      kind: 'allow',
      notes: [],
      effects: { settings: [], nice: 5 },
    });
  });

  test('asks for a step', () => {
    expect(verdict({}, 'ALL: ALL: spawn x\n', '')).toMatchObject({ kind: 'ask', step: { command: 'x' } });
  });

  test('twists no socket whose caller is unknown', () => {
    expect(verdict({}, 'ALL: ALL: twist x\n', '', { source: undefined })).toMatchObject({
      kind: 'deny',
      notes: [{ text: '/etc/hosts.allow:1: twist needs a connection' }, { text: /from <no address>$/ as never }],
    });
  });

  test('refuses where hosts.deny cannot be read', () => {
    const broken = { ...tables('', ''), deny: { path: '/etc/hosts.deny', rules: [], isBroken: true, findings: [] } };
    expect(verdict({}, '', '', { wrappers: { ...wrapperFacts('', ''), tables: broken } })).toMatchObject({
      kind: 'deny',
    });
  });
});

describe('the name of a service in the files', () => {
  test.each<[Partial<ServiceConfig>, string | undefined]>([
    [{ libwrap: 'other', type: ['INTERNAL'] }, 'other'],
    [{ type: ['INTERNAL'], server: undefined }, 'svc'],
    [{ server: '/usr/sbin/in.ftpd' }, 'in.ftpd'],
    [{ flags: ['NAMEINARGS'], server: '/bin/echo', server_args: ['/x/argzero', 'hi'] }, 'argzero'],
    [{ flags: ['NAMEINARGS'], server: '/bin/echo' }, undefined],
    [{ server: undefined }, undefined],
  ])('%j: %s', (config, name) => {
    expect(wrappedName(serviceWith(config))).toBe(name);
  });

  test('is the service’s own where it is redirected', () => {
    expect(wrappedName(serviceWith({ redirect: { host: '192.0.2.9', port: 80 } as never }))).toBe('svc');
  });
});

describe('a service asks the files', () => {
  test('unless it says NOLIBWRAP', () => {
    expect(asksWrappers(serviceWith({}).config)).toBe(true);
    expect(asksWrappers(serviceWith({ flags: ['NOLIBWRAP'] }).config)).toBe(false);
  });

  test('unless it is RPC over TCP', () => {
    expect(asksWrappers(serviceWith({ type: ['RPC'] }).config)).toBe(false);
    expect(asksWrappers(serviceWith({ type: ['RPC'], protocol: { name: 'udp', number: 17 } }).config)).toBe(true);
  });
});
