import { describe, expect, test } from 'vitest';

import { BACKLOG, bindDelayMs, endpointOf } from '../../src/net/endpoint.ts';
import type { EndpointConfig } from '../../src/net/endpoint.ts';

const ECHO: EndpointConfig = {
  type: ['UNLISTED'],
  flags: [],
  socket_type: 'stream',
  protocol: { name: 'tcp', number: 6 },
  wait: false,
  port: 20_001,
  bind: undefined,
  v6only: false,
  free_bind: false,
  socket_path: undefined,
  socket_mode: 0o600,
  socket_user: undefined,
  socket_group: undefined,
};
const UDP = { name: 'udp', number: 17 };
const IPV4_BIND = { text: '127.0.0.1', family: 'ipv4', address: '127.0.0.1' } as const;
const IPV6_BIND = { text: '::1', family: 'ipv6', address: '::1' } as const;

const endpoint = (change: Partial<EndpointConfig>) => endpointOf({ ...ECHO, ...change });

describe('the family of an endpoint', () => {
  test('is IPv6 unless something says otherwise', () => {
    expect(endpoint({})?.spec).toEqual({
      family: 'ipv6',
      type: 'stream',
      protocol: 6,
      address: '',
      port: 20_001,
      isV6Only: false,
      isNoDelay: false,
      isFreeBind: false,
      isKeepAlive: false,
      backlog: BACKLOG,
    });
  });

  test.each([
    { flags: ['IPv4'], bind: undefined, family: 'ipv4' },
    { flags: ['IPv6'], bind: undefined, family: 'ipv6' },
    { flags: ['IPv4', 'IPv6'], bind: undefined, family: 'ipv6' },
    { flags: [], bind: IPV4_BIND, family: 'ipv4' },
    { flags: [], bind: IPV6_BIND, family: 'ipv6' },
    { flags: ['IPv6'], bind: IPV4_BIND, family: 'ipv4' },
  ] as const)('of flags $flags and bind $bind.text is $family', ({ flags, bind, family }) => {
    expect(endpoint({ flags, bind })?.spec).toMatchObject({ family, address: bind?.address ?? '' });
  });

  test('falls back to IPv4 where no address is bound', () => {
    expect(endpoint({})?.ipv4Fallback).toMatchObject({ family: 'ipv4', address: '', isV6Only: false });
  });

  test.each([
    { name: 'a bound address', change: { bind: IPV6_BIND } },
    { name: 'v6only', change: { v6only: true } },
    { name: 'the flag IPv4', change: { flags: ['IPv4'] } },
  ] as const)('has no fallback with $name', ({ change }) => {
    expect(endpoint(change)?.ipv4Fallback).toBeUndefined();
  });
});

describe('v6only', () => {
  test('is honoured and stops the conversion', () => {
    expect(endpoint({ v6only: true })).toMatchObject({ spec: { isV6Only: true }, convertMapped: false });
  });

  test('off converts mapped connections', () => {
    expect(endpoint({})).toMatchObject({ spec: { isV6Only: false }, convertMapped: true });
  });

  test('means nothing to an IPv4 socket', () => {
    expect(endpoint({ v6only: true, flags: ['IPv4'] })).toMatchObject({
      spec: { isV6Only: false },
      convertMapped: false,
    });
  });
});

describe('socket options', () => {
  test('follow the flags on TCP', () => {
    expect(endpoint({ flags: ['NODELAY', 'KEEPALIVE'] })?.spec).toMatchObject({ isNoDelay: true, isKeepAlive: true });
  });

  test('are left alone on UDP', () => {
    const spec = endpoint({ flags: ['NODELAY', 'KEEPALIVE'], socket_type: 'dgram', protocol: UDP })?.spec;
    expect(spec).toMatchObject({ isNoDelay: false, isKeepAlive: false, protocol: 17 });
  });
});

describe('the arrival of requests', () => {
  test.each([
    { name: 'stream, wait = no', change: {}, arrival: 'connection' },
    { name: 'stream, wait = yes', change: { wait: true }, arrival: 'listener' },
    { name: 'built-in stream, wait = yes', change: { wait: true, type: ['INTERNAL'] }, arrival: 'connection' },
    { name: 'dgram', change: { socket_type: 'dgram', protocol: UDP, wait: true }, arrival: 'datagram' },
    { name: 'seqpacket', change: { socket_type: 'seqpacket' }, arrival: 'listener' },
    { name: 'raw', change: { socket_type: 'raw' }, arrival: 'listener' },
  ] as const)('of $name is a $arrival', ({ change, arrival }) => {
    expect(endpoint(change)?.arrival).toBe(arrival);
  });

  test.each(['TCPMUX', 'TCPMUXPLUS'] as const)('needs no endpoint for %s', (type) => {
    expect(endpoint({ type: [type, 'UNLISTED'] })).toBeUndefined();
  });
});

describe('bindDelayMs', () => {
  test.each([
    [undefined, 0],
    ['', 0],
    ['250000', 250],
    ['1500', 1.5],
    ['500000', 500],
    ['500001', 0],
    ['-1', 0],
    ['soon', 0],
  ])('of %s is %d', (variable, delayMs) => {
    expect(bindDelayMs(variable)).toBe(delayMs);
  });
});

describe('the endpoint of a path', () => {
  const path = { socket_path: '/run/echo', port: 0, protocol: { name: 'unix', number: 0 } };

  test('is a unix socket with mode and owner', () => {
    const owner = { socket_user: { name: 'a', uid: 7, gid: 8 }, socket_group: { name: 'b', gid: 9 } };
    expect(endpoint({ ...path, ...owner, socket_mode: 0o660 })).toMatchObject({
      spec: { family: 'unix', type: 'stream', path: '/run/echo', mode: 0o660, uid: 7, gid: 9, backlog: BACKLOG },
      ipv4Fallback: undefined,
      arrival: 'connection',
      convertMapped: false,
    });
  });

  test('keeps the owner that nobody names', () => {
    expect(endpoint(path)?.spec).toMatchObject({ uid: -1, gid: -1 });
  });

  test('accepts seqpacket connections as well', () => {
    expect(endpoint({ ...path, socket_type: 'seqpacket' })).toMatchObject({
      spec: { type: 'seqpacket' },
      arrival: 'connection',
    });
  });

  test('is handed over with wait = yes, but for built-in services', () => {
    expect(endpoint({ ...path, wait: true })?.arrival).toBe('listener');
    expect(endpoint({ ...path, wait: true, type: ['INTERNAL'] })?.arrival).toBe('connection');
  });
});
