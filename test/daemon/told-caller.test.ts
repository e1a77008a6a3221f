import { describe, expect, test } from 'vitest';

import { toldCaller } from '../../src/daemon/told-caller.ts';
import type { Told } from '../../src/daemon/told-caller.ts';
import { sourceOf, unixSource } from '../../src/policy/source.ts';

const TCP: Told['config'] = { env_style: [], protocol: { name: 'tcp', number: 6 }, socket_path: undefined };
const CALLER = sourceOf(6, 4711, '::ffff:192.0.2.1', [0, 0, 0xffff, 0xc000_0201]);
const CALLED = sourceOf(4, 25, '127.0.0.1', [0x7f00_0001, 0, 0, 0]);
const connectionId = `${process.pid}-9`;

function told(change: Partial<Told>) {
  return toldCaller({ config: TCP, source: CALLER, requestNumber: 9, local: () => CALLED, ...change });
}

describe('what a server is told', () => {
  test('is address and port', () => {
    expect(told({})).toEqual({ text: '::ffff:192.0.2.1', plain: '192.0.2.1', port: 4711, styled: [], connectionId });
  });

  test('is nothing where it accepts by itself', () => {
    expect(told({ source: undefined })).toEqual({ text: '<no address>', plain: undefined, port: 0, connectionId });
  });

  test('asks for the near end in the names of a style alone', () => {
    let questions = 0;
    const local = () => {
      questions += 1;
      return CALLED;
    };
    told({ local });
    expect(questions).toBe(0);
    expect(told({ local, config: { ...TCP, env_style: ['ucspi'] } }).styled).toContain('TCPLOCALPORT=25');
    expect(questions).toBe(1);
  });

  test('is a person on a unix socket', () => {
    const source = unixSource({ uid: 1000, gid: 100, pid: 7, groups: [] });
    const config = { ...TCP, env_style: ['socat'], socket_path: '/run/x' } as const;
    expect(told({ source, config, local: () => undefined })).toMatchObject({
      plain: undefined,
      person: { uid: 1000, gid: 100 },
      styled: ['SOCAT_PEERADDR=<anon>', 'SOCAT_SOCKADDR=/run/x'],
    });
  });

  test('names no near end of a datagram', () => {
    const config = { ...TCP, env_style: ['socat'], protocol: { name: 'udp', number: 17 } } as const;
    expect(told({ config, local: () => undefined }).styled).toEqual([
      'SOCAT_PEERADDR=192.0.2.1',
      'SOCAT_PEERPORT=4711',
    ]);
  });
});
