import { describe, expect, test } from 'vitest';

import type { SocketSpec } from '../../src/native/socket-kinds.ts';
import { findSocket } from '../../src/net/adoption.ts';
import type { BoundSocket } from '../../src/net/adoption.ts';

const SPEC: SocketSpec = {
  family: 'ipv4',
  type: 'stream',
  protocol: 6,
  address: '',
  port: 7,
  isV6Only: false,
  isNoDelay: false,
  isFreeBind: false,
  isKeepAlive: false,
  backlog: 10,
};

function socket(change: Partial<BoundSocket> = {}): BoundSocket {
  const address = '0.0.0.0';
  return {
    fd: 3,
    name: '',
    family: 'ipv4',
    type: 'stream',
    isListening: true,
    isV6Only: false,
    address,
    port: 7,
    scope: 0,
    ...change,
  };
}

/** The descriptors that a service `echo` takes, among services `echo` and `other`. */
function taken(sockets: readonly BoundSocket[], change: Partial<SocketSpec> = {}): number | undefined {
  const wanted = { id: 'echo', spec: { ...SPEC, ...change } };
  return findSocket(sockets, wanted, (name) => ['echo', 'other'].includes(name))?.fd;
}

describe('a service', () => {
  test.each(['echo', 'ECHO', 'echo.socket'])('takes the socket called %s, whatever its address', (name) => {
    expect(taken([socket({ fd: 4 }), socket({ name, port: 99, address: '127.0.0.1' })])).toBe(3);
  });

  test('takes the socket that is bound to its address', () => {
    expect(taken([socket({ port: 8 }), socket({ fd: 4, name: 'inet.socket' })])).toBe(4);
  });

  test.each([
    ['of another port', { port: 8 }],
    ['of another address', { address: '127.0.0.1' }],
    ['of another family', { family: 'ipv6', address: '::' }],
    ['of another type', { type: 'dgram' }],
    ['called after another service', { name: 'other.socket' }],
    ['that is a connection', { isListening: false }],
    ['that is a path', { family: 'unix', address: '/run/echo', port: 0 }],
  ] as const)('leaves a socket %s', (_, change) => {
    expect(taken([socket(change)])).toBeUndefined();
  });

  test('minds which callers an IPv6 socket takes', () => {
    const sockets = [
      socket({ family: 'ipv6', address: '::', isV6Only: true }),
      socket({ fd: 4, family: 'ipv6', address: '::' }),
    ];
    expect(taken(sockets, { family: 'ipv6' })).toBe(4);
    expect(taken(sockets, { family: 'ipv6', isV6Only: true })).toBe(3);
  });

  test('takes its address without the interface', () => {
    const sockets = [socket({ family: 'ipv6', address: 'fe80::1' })];
    expect(taken(sockets, { family: 'ipv6', address: 'fe80::1%lo' })).toBe(3);
  });

  test('takes the path it would bind', () => {
    const path = socket({ family: 'unix', address: '/run/echo', port: 0 });
    const spec = { family: 'unix', type: 'stream', path: '/run/echo', mode: 0, uid: -1, gid: -1, backlog: 1 } as const;
    const find = (id: string, wanted: string) =>
      findSocket([path], { id, spec: { ...spec, path: wanted } }, () => false)?.fd;
    expect([find('x', '/run/echo'), find('x', '/run/other')]).toEqual([3, undefined]);
  });

  test('takes datagram sockets, which never listen', () => {
    expect(taken([socket({ type: 'dgram', isListening: false })], { type: 'dgram' })).toBe(3);
  });
});
