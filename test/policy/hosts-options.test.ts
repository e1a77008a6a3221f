import { describe, expect, test } from 'vitest';
import { readOptions } from '../../src/policy/hosts-options.ts';
import { PEOPLE } from './wrappers.ts';

/** As the parser hands it over, with the newline. */
function read(text: string): ReturnType<typeof readOptions> {
  return readOptions(`${text}\n`, PEOPLE);
}

describe('an option', () => {
  test.each([
    ['allow', { kind: 'allow' }],
    [' DENY ', { kind: 'deny' }],
    ['spawn echo a\\:b', { kind: 'spawn', command: 'echo a:b' }],
    ['aclexec = true', { kind: 'aclexec', command: 'true' }],
    ['twist exec x', { kind: 'twist', command: 'exec x' }],
    ['banners /etc/banners', { kind: 'banners', directory: '/etc/banners' }],
    ['setenv A b c', { kind: 'setenv', name: 'A', value: 'b c' }],
    ['setenv A', { kind: 'setenv', name: 'A', value: '' }],
    ['umask 027', { kind: 'umask', mask: 0o27 }],
    ['nice', { kind: 'nice', increment: 10 }],
    ['nice -5', { kind: 'nice', increment: -5 }],
    ['linger 3', { kind: 'linger', seconds: 3 }],
    ['keepalive', { kind: 'keepalive' }],
    ['rfc931', { kind: 'nothing' }],
    ['rfc931 5', { kind: 'nothing' }],
    ['severity mail.info', { kind: 'nothing' }],
    ['severity LOCAL0.DEBUG', { kind: 'nothing' }],
    ['severity notice', { kind: 'nothing' }],
    ['user nobody', { kind: 'ids', name: 'nobody', ids: { uid: 65_534, gid: 65_534, groups: [65_534, 7] } }],
    ['user nobody.nogroup', { kind: 'ids', name: 'nobody', ids: { uid: 65_534, gid: 65_533, groups: [65_533] } }],
    ['group nogroup', { kind: 'ids', name: 'nogroup', ids: { uid: undefined, gid: 65_533, groups: [65_533] } }],
  ])('%s is read', (text, option) => {
    expect(read(text)).toEqual({ options: [option], mistake: undefined });
  });

  test.each([
    ['', 'missing option name'],
    ['allow:', 'option "allow" must be at end'],
    ['Allow:deny', 'option "Allow" must be at end'],
    ['bogus', 'bad option name: "bogus"'],
    ['toString', 'bad option name: "toString"'],
    ['spawn', 'option "spawn" requires value'],
    ['deny x', 'option "deny" requires no value'],
    ['umask 8', 'bad umask value: "8"'],
    ['umask 1000', 'bad umask value: "1000"'],
    ['nice x', 'bad nice value: "x"'],
    ['nice 99999999999', 'bad nice value: "99999999999"'],
    ['linger -1', 'bad linger value: "-1"'],
    ['linger soon', 'bad linger value: "soon"'],
    ['rfc931 0', 'bad rfc931 timeout: "0"'],
    ['rfc931 x', 'bad rfc931 timeout: "x"'],
    ['severity ftp.info', 'bad syslog facility or severity: "ftp"'],
    ['severity loud', 'bad syslog facility or severity: "loud"'],
    ['user nosuch', 'unknown user: "nosuch"'],
    ['user nobody.nosuch', 'unknown group: "nosuch"'],
    ['group nosuch', 'unknown group: "nosuch"'],
  ])('%j is a mistake: %s', (text, mistake) => {
    expect(read(text)).toEqual({ options: [], mistake });
  });

  test('before a mistake counts', () => {
    expect(read('nice 1: bogus: allow')).toEqual({
      options: [{ kind: 'nice', increment: 1 }],
      mistake: 'bad option name: "bogus"',
    });
  });
});
