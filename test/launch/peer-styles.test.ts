import { describe, expect, test } from 'vitest';

import { isOfStyle, styleVariables } from '../../src/launch/peer-styles.ts';
import type { StyledCaller } from '../../src/launch/peer-styles.ts';
import type { InternetEnd } from '../../src/native/socket-kinds.ts';

const REMOTE: InternetEnd = { family: 4, words: [0xc000_0201, 0, 0, 0], plain: '192.0.2.1', port: 4711 };
const LOCAL: InternetEnd = { family: 4, words: [0x7f00_0001, 0, 0, 0], plain: '127.0.0.1', port: 25 };
const SIX: InternetEnd = { family: 6, words: [0x2001_0db8, 0, 0, 1], plain: '2001:db8::1', port: 4711 };
const PERSON: StyledCaller = { kind: 'unix', uid: 1000, gid: 100, path: '/run/x' };

describe('ucspi', () => {
  test('tells both ends of a TCP connection', () => {
    expect(styleVariables(['ucspi'], { kind: 'tcp', remote: REMOTE, local: LOCAL })).toEqual([
      'PROTO=TCP',
      'TCPREMOTEIP=192.0.2.1',
      'TCPREMOTEPORT=4711',
      'TCPLOCALIP=127.0.0.1',
      'TCPLOCALPORT=25',
    ]);
  });

  test('writes IPv6 addresses short', () => {
    expect(styleVariables(['ucspi'], { kind: 'tcp', remote: SIX, local: undefined })).toEqual([
      'PROTO=TCP',
      'TCPREMOTEIP=2001:db8::1',
      'TCPREMOTEPORT=4711',
    ]);
  });

  test('tells user and group of a unix socket', () => {
    expect(styleVariables(['ucspi'], PERSON)).toEqual([
      'PROTO=IPC',
      'IPCREMOTEEUID=1000',
      'IPCREMOTEEGID=100',
      'IPCREMOTEPATH=',
      'IPCLOCALPATH=/run/x',
    ]);
  });

  test('knows no datagrams', () => {
    expect(styleVariables(['ucspi'], { kind: 'other', remote: REMOTE, local: undefined })).toEqual([]);
  });
});

describe('socat', () => {
  test('tells both ends', () => {
    expect(styleVariables(['socat'], { kind: 'other', remote: SIX, local: LOCAL })).toEqual([
      'SOCAT_PEERADDR=[2001:0db8:0000:0000:0000:0000:0000:0001]',
      'SOCAT_PEERPORT=4711',
      'SOCAT_SOCKADDR=127.0.0.1',
      'SOCAT_SOCKPORT=25',
    ]);
  });

  test('knows the path of a unix socket alone', () => {
    expect(styleVariables(['socat'], PERSON)).toEqual(['SOCAT_PEERADDR=<anon>', 'SOCAT_SOCKADDR=/run/x']);
  });
});

test.each([
  ['PROTO', 'ucspi', true],
  ['TCPLOCALHOST', 'ucspi', true],
  ['IPCREMOTEEUID', 'ucspi', true],
  ['TCP', 'ucspi', false],
  ['SOCAT_PEERADDR', 'socat', true],
  ['PROTO', 'socat', false],
] as const)('%s is of the style %s: %s', (name, style, isIt) => {
  expect(isOfStyle([style], name)).toBe(isIt);
});
