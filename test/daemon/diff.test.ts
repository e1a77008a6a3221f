import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Service } from '../../src/config/service.ts';
import type { ServiceConfig } from '../../src/config/service-config.ts';
import { sourceText } from '../../src/config/source.ts';
import { diffServices } from '../../src/daemon/diff.ts';

const span = { source: sourceText('x.conf', ''), start: 0, end: 0 };

function service(id: string, config: Partial<ServiceConfig> = {}): Service {
  const base = {
    id,
    type: ['UNLISTED'],
    flags: ['IPv6'],
    socket_type: 'stream',
    protocol: { name: 'tcp', number: 6 },
    wait: false,
    port: 20001,
    bind: undefined,
    v6only: false,
  };
  // Only the columns that diff reads are filled.
  return { name: id, config: { ...base, ...config } as ServiceConfig, origins: {}, span, isInetd: false };
}

const ids = (services: readonly Service[]): string[] => services.map(({ config }) => config.id);

describe('diffServices', () => {
  test('keeps a service with the same id and kind', () => {
    const after = service('A', { server: '/bin/other' });
    const diff = diffServices([service('a')], [after]);
    expect(diff.keep).toMatchObject([{ after, isRebound: false }]);
    expect([diff.start, diff.drop]).toEqual([[], []]);
  });

  test.each<[string, Partial<ServiceConfig>]>([
    ['port', { port: 20002 }],
    ['wait', { wait: true }],
    ['protocol', { protocol: { name: 'udp', number: 17 } }],
    ['socket_type', { socket_type: 'dgram' }],
    ['type', { type: ['UNLISTED', 'INTERNAL'] }],
  ])('drops and starts when %s changes', (_, change) => {
    const diff = diffServices([service('a')], [service('a', change)]);
    expect([ids(diff.drop), ids(diff.start), diff.keep.length]).toEqual([['a'], ['a'], 0]);
  });

  test.each<[string, Partial<ServiceConfig>]>([
    ['bind is added', { bind: { text: '127.0.0.1', family: 'ipv4', address: '127.0.0.1' } }],
    ['v6only changes', { v6only: true }],
    ['the family flag changes', { flags: ['IPv4'] }],
    ['a socket option changes', { flags: ['IPv6', 'NODELAY'] }],
  ])('rebinds a kept service when %s', (_, change) => {
    expect(diffServices([service('a')], [service('a', change)]).keep).toMatchObject([{ isRebound: true }]);
  });

  test('matches equal ids by kind', () => {
    const before = [service('a', { port: 1 }), service('a', { port: 2 })];
    const after = [service('a', { port: 2 }), service('a', { port: 3 })];
    const diff = diffServices(before, after);
    expect(diff.keep.map((pair) => pair.after.config.port)).toEqual([2]);
    expect(diff.drop.map(({ config }) => config.port)).toEqual([1]);
    expect(diff.start.map(({ config }) => config.port)).toEqual([3]);
  });

  test('accounts for every service exactly once', () => {
    const services = fc.array(
      fc
        .record({ id: fc.constantFrom('a', 'B', 'b', 'c'), port: fc.integer({ min: 1, max: 3 }) })
        .map(({ id, port }) => service(id, { port })),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(services, services, (before, after) => {
        const { start, keep, drop } = diffServices(before, after);
        expect(new Set([...keep.map((pair) => pair.before), ...drop])).toEqual(new Set(before));
        expect(new Set([...keep.map((pair) => pair.after), ...start])).toEqual(new Set(after));
        expect(keep.length + drop.length).toBe(before.length);
        expect(keep.length + start.length).toBe(after.length);
      }),
    );
  });
});
