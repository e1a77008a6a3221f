import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Children } from '../../src/launch/children.ts';
import type { Server } from '../../src/launch/children.ts';

const server = (pid: number, change: Partial<Server<string>> = {}): Server<string> => ({
  pid,
  isInProcess: false,
  serviceId: 'ftp',
  source: '192.0.2.1',
  startedAtMs: 0,
  detail: '',
  ...change,
});

describe('children', () => {
  test('counts a server until it is reaped', () => {
    const children = new Children<string>();
    const ftp = server(7);
    children.add(ftp);
    expect([children.total, children.countOf('ftp'), children.countFrom('ftp', '192.0.2.1')]).toEqual([1, 1, 1]);
    expect(children.find(7)).toBe(ftp);
    expect(children.reaped(7)).toBe(ftp);
    expect([children.total, children.countOf('ftp'), children.countFrom('ftp', '192.0.2.1')]).toEqual([0, 0, 0]);
    expect(children.has(ftp)).toBe(false);
  });

  test('knows no strangers', () => {
    const children = new Children<string>();
    children.add(server(7));
    expect(children.reaped(8)).toBeUndefined();
    expect(children.total).toBe(1);
  });

  test('counts services and sources apart', () => {
    const children = new Children<string>();
    children.add(server(1));
    children.add(server(2, { source: '::1' }));
    children.add(server(3, { serviceId: 'ssh' }));
    children.add(server(4, { source: undefined }));
    expect([children.countOf('ftp'), children.countOf('ssh'), children.countOf('none')]).toEqual([3, 1, 0]);
    expect([children.countFrom('ftp', '192.0.2.1'), children.countFrom('ftp', '::1')]).toEqual([1, 1]);
    expect(children.countFrom('none', '::1')).toBe(0);
  });

  test('counts servers inside the process by identity', () => {
    const children = new Children<string>();
    const [one, two] = [server(100, { isInProcess: true }), server(100, { isInProcess: true })];
    children.add(one);
    children.add(two);
    expect(children.countOf('ftp')).toBe(2);
    expect(children.reaped(100)).toBeUndefined();
    expect([children.remove(one), children.remove(one)]).toEqual([true, false]);
    expect(children.all()).toEqual([two]);
  });

  test('lists the oldest first', () => {
    const children = new Children<string>();
    for (const pid of [30, 10, 20]) children.add(server(pid));
    expect(children.of('ftp').map(({ pid }) => pid)).toEqual([30, 10, 20]);
    expect(children.of('ssh')).toEqual([]);
  });

  test('refuses a pid that already runs', () => {
    const children = new Children<string>();
    children.add(server(7));
    expect(() => children.add(server(7))).toThrow('invariant');
  });

  test('takes a pid again after its end', () => {
    const children = new Children<string>();
    children.add(server(7));
    children.reaped(7);
    children.add(server(7, { detail: 'second' }));
    expect(children.find(7)?.detail).toBe('second');
  });

  test('tells when a server is gone', () => {
    const children = new Children<string>();
    const told: string[] = [];
    const ftp = server(7);
    children.add(ftp);
    children.whenGone(ftp, () => told.push('first'));
    const forget = children.whenGone(ftp, () => told.push('forgotten'));
    forget();
    children.reaped(7);
    expect(told).toEqual(['first']);
    children.whenGone(ftp, () => told.push('at once'));
    expect(told).toEqual(['first', 'at once']);
  });

  test('counts exactly whatever the order of ends', () => {
    const starts = fc.array(
      fc.record({
        serviceId: fc.constantFrom('a', 'b'),
        source: fc.constantFrom('x', 'y', undefined),
        isGone: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(starts, (list) => {
        const children = new Children<string>();
        list.forEach(({ serviceId, source }, pid) => children.add(server(pid, { serviceId, source })));
        list.forEach(({ isGone }, pid) => isGone && children.reaped(pid));
        const left = list.filter(({ isGone }) => !isGone);
        expect(children.total).toBe(left.length);
        for (const id of ['a', 'b']) {
          const ofService = left.filter(({ serviceId }) => serviceId === id);
          expect(children.countOf(id)).toBe(ofService.length);
          expect(children.countFrom(id, 'x')).toBe(ofService.filter(({ source }) => source === 'x').length);
        }
      }),
    );
  });
});
