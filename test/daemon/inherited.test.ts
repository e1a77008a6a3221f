import { closeSync, existsSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

import { claimSockets, InheritedSockets } from '../../src/daemon/inherited.ts';
import type { InheritedSocket } from '../../src/daemon/inherited.ts';
import { closeFd, describeSocket, localPort, openUnixSocket } from '../../src/native/binding.ts';
import type { Endpoint } from '../../src/net/endpoint.ts';
import { closeSocket, openEndpoint } from '../../src/net/open.ts';
import { loopback } from '../support/sockets.ts';

const open: number[] = [];

afterEach(() => {
  for (const fd of open.splice(0)) if (isOpen(fd)) closeFd(fd);
});

function isOpen(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}

function bound(name = '', isShared = true): InheritedSocket {
  const opened = openEndpoint(loopback(), () => {});
  if (!opened.ok) throw opened.error;
  const { fd } = opened.socket;
  open.push(fd);
  const description = describeSocket(fd);
  if (description === undefined) throw new Error('a socket is no socket');
  return { ...description, fd, name, isShared };
}

/** A holder of sockets and what it has logged. */
function holder(...sockets: readonly InheritedSocket[]) {
  const lines: string[] = [];
  return { lines, held: new InheritedSockets(sockets, (level, _, text) => lines.push(`${level}: ${text}`)) };
}

function at(port: number): Endpoint {
  const endpoint = loopback();
  if (endpoint.spec.family === 'unix') throw new Error('loopback is no path');
  return { ...endpoint, spec: { ...endpoint.spec, port } };
}

function take(held: InheritedSockets, id: string, port: number): number {
  const fd = held.open(id, at(port))?.fd ?? -1;
  if (fd >= 0) open.push(fd);
  return fd;
}

describe('inherited sockets', () => {
  test('are taken as descriptors of our own', () => {
    const socket = bound('echo.socket');
    const { held, lines } = holder(socket);
    const fd = take(held, 'echo', 1);
    expect(fd).not.toBe(socket.fd);
    expect(localPort(fd)).toBe(socket.port);
    expect(lines).toEqual([
      `notice: Service echo uses inherited socket ${socket.fd} "echo.socket" (127.0.0.1:${socket.port})`,
    ]);
  });

  test('are there again when a service comes back', () => {
    const socket = bound('echo');
    const { held, lines } = holder(socket);
    closeFd(take(held, 'echo', 1));
    expect(localPort(take(held, 'echo', 1))).toBe(socket.port);
    expect(lines).toHaveLength(1);
  });

  test('belong to their service alone when nobody else holds them', () => {
    const socket = bound('echo', false);
    const { held } = holder(socket);
    expect(take(held, 'echo', 1)).toBeGreaterThan(0);
    expect([isOpen(socket.fd), take(held, 'echo', 1)]).toEqual([false, -1]);
  });

  test('are found by address where their name is no service', () => {
    const [named, unnamed] = [bound('other'), bound('inet')];
    const { held } = holder(named, unnamed);
    held.expect(['echo', 'Other']);
    expect(take(held, 'echo', named.port)).toBe(-1);
    expect(localPort(take(held, 'echo', unnamed.port))).toBe(unnamed.port);
  });

  test('are closed when no service takes them', () => {
    const [used, unused] = [bound('echo'), bound()];
    const { held, lines } = holder(used, unused);
    take(held, 'echo', 1);
    held.releaseUnused();
    expect([isOpen(used.fd), isOpen(unused.fd)]).toEqual([true, false]);
    expect(lines[1]).toBe(
      `warning: Inherited socket ${unused.fd} (127.0.0.1:${unused.port}) belongs to no service: closed`,
    );
  });

  test('that are gone are bound instead', () => {
    const socket = bound('echo');
    closeFd(socket.fd);
    const { held, lines } = holder(socket);
    expect(take(held, 'echo', 1)).toBe(-1);
    expect(lines[0]).toMatch(/^error: Service echo, inherited socket .*: fcntl: Bad file descriptor/);
  });
});

describe('an inherited path', () => {
  test.each([
    [false, false],
    [true, true],
  ])('that its giver holds: %s, stays when it is closed: %s', (isShared, isLeft) => {
    const path = join(mkdtempSync(join(tmpdir(), 'inherited-')), 'socket');
    const spec = { family: 'unix', type: 'stream', path, mode: 0o600, uid: -1, gid: -1, backlog: 1 } as const;
    const { fd } = openUnixSocket(spec);
    open.push(fd);
    const socket = {
      family: 'unix',
      type: 'stream',
      isListening: true,
      isV6Only: false,
      address: path,
      port: 0,
      scope: 0,
    } as const;
    const { held } = holder({ ...socket, fd, name: '', isShared });
    const endpoint = { ...loopback(), spec };
    const opened = held.open('echo', endpoint);
    if (opened !== undefined) closeSocket(opened);
    expect([opened?.spec, existsSync(path)]).toEqual([spec, isLeft]);
    rmSync(dirname(path), { recursive: true });
  });
});

describe('the variables of a service manager', () => {
  const PID = 77;

  test('leave the environment, for whomever they are', () => {
    for (const receiver of ['78', String(PID)]) {
      const environment = { LISTEN_FDS: '0', LISTEN_PID: receiver, LISTEN_FDNAMES: 'a', PATH: '/bin' };
      expect(claimSockets(environment, PID)).toEqual({ sockets: [], complaints: [] });
      expect(environment).toEqual({ PATH: '/bin' });
    }
  });

  test.each([
    ['of another process', { LISTEN_FDS: '1', LISTEN_PID: '78' }],
    ['without a process', { LISTEN_FDS: '1' }],
    ['without a number', { LISTEN_PID: '77' }],
  ])('%s speak of nothing', (_, environment) => {
    expect(claimSockets(environment, PID)).toEqual({ sockets: [], complaints: [] });
  });

  test.each(['-1', 'many', '4097', '1e3'])('of %s sockets are complained of', (count) => {
    const claim = claimSockets({ LISTEN_FDS: count, LISTEN_PID: '77' }, PID);
    expect(claim).toEqual({ sockets: [], complaints: [`LISTEN_FDS is no number of sockets: ${count}`] });
  });

  test('never take what is no socket', () => {
    const file = openSync('/dev/null', 'r');
    const claim = claimSockets({ LISTEN_FDS: String(file - 2), LISTEN_PID: '77' }, PID);
    expect(claim.complaints).toContain(`LISTEN_FDS: descriptor ${file} is no socket`);
    closeSync(file);
  });
});
