import { describe, expect, it } from 'vitest';

import { parseHosts, parseNetworks, parseNumbers, parseServices } from '../../src/config/databases.ts';

describe('services', () => {
  const services = parseServices(
    '# x\nhttp\t80/tcp www # web\nhttp 80/udp\nalt 8080/tcp www\nbad 99999/tcp\nnone\nx y/tcp\n',
  );

  it('are found by name and alias with their protocol', () => {
    expect(services.find('http', 'tcp')).toEqual({ name: 'http', port: 80, protocol: 'tcp', aliases: ['www'] });
    expect(services.find('http', 'udp')?.aliases).toEqual([]);
    expect(services.find('http', 'sctp')).toBeUndefined();
  });

  it('are those of the first line that matches', () => {
    expect(services.find('www', 'tcp')?.port).toBe(80);
  });

  it('are case-sensitive and pass over bad lines', () => {
    expect([services.find('HTTP', 'tcp'), services.find('bad', 'tcp')]).toEqual([undefined, undefined]);
    expect(services.names()).toEqual(['http', 'www', 'alt']);
  });
});

describe('protocols and rpc', () => {
  it('are numbers by name and alias', () => {
    const numbers = parseNumbers('tcp 6 TCP # x\nbad x\nrstatd\t100001\trstat rup\n');
    expect(numbers.get('TCP')).toEqual({ name: 'tcp', number: 6, aliases: ['TCP'] });
    expect(numbers.get('rup')?.number).toBe(100_001);
    expect(numbers.has('bad')).toBe(false);
  });
});

describe('networks', () => {
  it('are four octets, filled with zeros', () => {
    const networks = parseNetworks('loopback 127.0.0.0\nten 10 x\nbad 1.2.3.400\nbad x\n');
    expect([...networks]).toEqual([
      ['loopback', 0x7f000000],
      ['ten', 0x0a000000],
      ['x', 0x0a000000],
    ]);
  });
});

describe('hosts', () => {
  const hosts = parseHosts('127.0.0.1 localhost\n::1 localhost ip6\n10.0.0.1 A.example a A\n10.0.0.1 other\n1.1.1.1\n');

  it('have all their addresses', () => {
    expect(hosts.addressesOf('LocalHost')).toEqual(['127.0.0.1', '::1']);
    expect(hosts.addressesOf('a')).toEqual(['10.0.0.1']);
    expect(hosts.addressesOf('nobody')).toEqual([]);
  });

  it('are named by the first line of an address', () => {
    expect([hosts.nameOf('10.0.0.1'), hosts.nameOf('2.2.2.2')]).toEqual(['A.example', undefined]);
  });
});
