import { describe, expect, test } from 'vitest';
import { showAddress } from '../../src/config/attributes/address-words.ts';
import { codesOf, configOf, loadText, serviceText } from '../support/load-text.ts';

const UNIX = ['socket_path = /run/t1', 'port = -', 'protocol = -'];

const codes = (...lines: readonly string[]): readonly string[] => codesOf(loadText(serviceText([...UNIX, ...lines])));

describe('a service with socket_path', () => {
  test('needs neither port nor protocol nor UNLISTED', () => {
    expect(codes('type = -')).toEqual([]);
    expect(configOf([...UNIX, 'socket_type = -'])).toMatchObject({
      socket_path: '/run/t1',
      socket_mode: 0o600,
      socket_type: 'stream',
      protocol: { name: 'unix', number: 0 },
      port: 0,
    });
  });

  test('has a mode and an owner', () => {
    const lines = ['socket_mode = 0660', 'socket_user = root', 'socket_group = daemon'];
    expect(configOf([...UNIX, ...lines])).toMatchObject({
      socket_mode: 0o660,
      socket_user: { uid: 0 },
      socket_group: { gid: 1 },
    });
  });

  test('leaves a bind of defaults to others', () => {
    const text = `defaults\n{\nbind = 127.0.0.1\n}\n${serviceText(UNIX)}`;
    expect(loadText(text).services[0]?.config).toMatchObject({ bind: undefined });
  });

  test('asks no identity server', () => {
    const { log_on_success, log_on_failure } = configOf([
      ...UNIX,
      'log_on_success = USERID PID',
      'log_on_failure = USERID HOST',
    ]);
    expect([log_on_success, log_on_failure]).toEqual([['PID'], ['HOST']]);
  });

  test.each([
    ['port = 7', 'XC282'],
    ['bind = 127.0.0.1', 'XC282'],
    ['protocol = tcp', 'XC282'],
    ['flags = IPv4', 'XC283'],
    ['flags = SENSOR', 'XC283'],
    ['flags = LABELED', 'XC283'],
    ['type = TCPMUX UNLISTED', 'XC283'],
    ['type = RPC UNLISTED', 'XC283'],
    ['socket_type = dgram', 'XC284'],
    ['socket_type = raw', 'XC284'],
  ])('is refused with %s', (line, code) => {
    const own = UNIX.filter((other) => other.split(' ')[0] !== line.split(' ')[0]);
    const loaded = loadText(serviceText([...own, line]));
    expect([codesOf(loaded), loaded.services]).toEqual([[code], []]);
  });

  test.each(['relative', '/ends/', '@', '/', `/${'x'.repeat(107)}`])('is refused at %j', (path) => {
    expect(codesOf(loadText(serviceText([...UNIX.slice(1), `socket_path = ${path}`])))).toContain('XC280');
  });

  test.each(['8', '888', '07777', 'rw'])('is refused with mode %s', (mode) => {
    expect(codes(`socket_mode = ${mode}`)).toContain('XC281');
  });

  test('warns when addresses alone may call', () => {
    expect(codes('only_from = 127.0.0.1')).toEqual(['XC285']);
    expect(codes('only_from = 127.0.0.1 uid:root')).toEqual([]);
  });

  test('may have an abstract name, but no owner then', () => {
    const abstract = ['socket_path = @t1', ...UNIX.slice(1)];
    expect(configOf(abstract).socket_path).toBe('@t1');
    expect(codesOf(loadText(serviceText([...abstract, 'socket_mode = 0666'])))).toEqual(['XC287']);
  });

  test('shares its path with no other', () => {
    const second = serviceText([...UNIX, 'id = second']);
    expect(codesOf(loadText(serviceText(UNIX) + second))).toEqual(['XC288']);
  });
});

describe('a service with a port', () => {
  test('has no file to own', () => {
    expect(codesOf(loadText(serviceText(['socket_group = daemon'])))).toEqual(['XC287']);
  });

  test('is told that its callers have no user', () => {
    expect(codesOf(loadText(serviceText(['only_from = uid:root 10.0.0.1'])))).toEqual(['XC286']);
  });
});

describe('a word about people', () => {
  const shown = (words: string): readonly string[] =>
    (configOf([...UNIX, `only_from = ${words}`]).only_from ?? []).map(showAddress);

  test('is a number or a name', () => {
    expect(shown('uid:1000 gid:27 uid:root gid:daemon')).toEqual([
      'uid:1000(PERSON)',
      'gid:27(PERSON)',
      'uid:0(PERSON)',
      'gid:1(PERSON)',
    ]);
  });

  test('of nobody here is dropped from only_from', () => {
    expect(codes('only_from = uid:stranger gid:daemon')).toEqual(['XC160']);
  });

  test.each(['uid:stranger', 'gid:strangers', 'uid:4294967295', 'uid:'])(
    '%s refuses a service in no_access',
    (word) => {
      expect(codes(`no_access = ${word}`)).toContain('XC161');
    },
  );

  test('is taken out again, however it was spelled', () => {
    expect(configOf([...UNIX, 'only_from = uid:root gid:5', 'only_from -= uid:0']).only_from).toMatchObject([
      { kind: 'gid', number: 5 },
    ]);
  });
});
