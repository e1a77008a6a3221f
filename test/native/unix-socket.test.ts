// Listening sockets of the unix family: mode and owner, what stands in the way, and who connects.
import { once } from 'node:events';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { closeFd, openUnixSocket, peerPerson, removeSocketFile } from '../../src/native/binding.ts';
import type { OpenedUnixSocket, Person, UnixSocketSpec } from '../../src/native/socket-kinds.ts';
import { acceptForTest } from './support.ts';

const SPEC: UnixSocketSpec = { family: 'unix', type: 'stream', path: '', mode: 0o600, uid: -1, gid: -1, backlog: 10 };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'unix-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function open(path: string, changes: Partial<UnixSocketSpec> = {}): OpenedUnixSocket {
  const opened = openUnixSocket({ ...SPEC, path, ...changes });
  onTestFinished(() => closeFd(opened.fd));
  return opened;
}

describe('a listening unix socket', () => {
  test.each([0o600, 0o666, 0o000])('has mode %o and no other', (mode) => {
    const path = join(folder(), 'socket');
    const { device, inode } = open(path, { mode });
    const status = lstatSync(path);
    expect([status.mode & 0o777, status.dev, status.ino]).toEqual([mode, device, inode]);
  });

  test('leaves the mask of the process as it was', () => {
    const before = process.umask();
    open(join(folder(), 'socket'));
    expect(process.umask()).toBe(before);
  });

  test('takes the place of one that is dead', () => {
    const path = join(folder(), 'socket');
    closeFd(openUnixSocket({ ...SPEC, path }).fd);
    const before = lstatSync(path).isSocket();
    open(path);
    expect([before, statSync(path).isSocket()]).toEqual([true, true]);
  });

  test.each([
    ['one that lives', (path: string) => open(path)],
    ['one of another type that lives', (path: string) => open(path, { type: 'seqpacket' })],
    ['a file', (path: string) => writeFileSync(path, 'kept')],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link', (path: string) => symlinkSync('/nowhere', path)],
  ])('never takes the place of %s', (_, occupy) => {
    const path = join(folder(), 'socket');
    occupy(path);
    const before = lstatSync(path).ino;
    expect(() => openUnixSocket({ ...SPEC, path })).toThrow(`bind ${path}: Address already in use`);
    expect(lstatSync(path).ino).toBe(before);
  });

  test.each([
    ['an empty path', ''],
    ['a path that is too long', `/${'x'.repeat(200)}`],
    ['a folder that is not there', '/nowhere/socket'],
  ])('is refused for %s', (_, path) => {
    expect(() => openUnixSocket({ ...SPEC, path })).toThrow(/^bind/);
  });

  test('may have an abstract name', () => {
    const path = `@${folder()}`;
    expect(open(path)).toMatchObject({ device: 0, inode: 0 });
    expect(readFileSync('/proc/net/unix', 'latin1')).toContain(` ${path}\n`);
    expect(() => openUnixSocket({ ...SPEC, path })).toThrow(/Address already in use/);
  });

  test('knows who connects', async () => {
    const path = join(folder(), 'socket');
    const { fd } = open(path);
    const person = new Promise<Person>((resolve) => {
      acceptForTest(fd, {
        onConnection: (connection) => {
          resolve(peerPerson(connection));
          closeFd(connection);
        },
      });
    });
    const client = connect(path);
    await once(client, 'connect');
    const { groups, ...rest } = await person;
    expect(rest).toEqual({ uid: process.getuid?.(), gid: process.getgid?.(), pid: process.pid });
    expect(new Set([rest.gid, ...groups])).toEqual(new Set(process.getgroups?.()));
    client.destroy();
  });
});

describe('the file of a unix socket', () => {
  test('is removed', () => {
    const path = join(folder(), 'socket');
    const { device, inode } = open(path);
    removeSocketFile(path, device, inode);
    expect(() => lstatSync(path)).toThrow('ENOENT');
    removeSocketFile(path, device, inode);
  });

  test('stays when it is another', () => {
    const path = join(folder(), 'socket');
    const { device, inode } = open(path);
    removeSocketFile(path, device, inode + 1);
    expect(lstatSync(path).isSocket()).toBe(true);
  });
});

describe('looking whether a listener lives', () => {
  test('bothers it with no connection', async () => {
    const path = join(folder(), 'socket');
    const { fd } = open(path);
    let connections = 0;
    const arrived = new Promise<void>((resolve) => {
      acceptForTest(fd, {
        onConnection: (connection) => {
          connections += 1;
          closeFd(connection);
          resolve();
        },
      });
    });
    expect(() => openUnixSocket({ ...SPEC, path })).toThrow('Address already in use');
    const client = connect(path);
    await arrived;
    client.destroy();
    expect(connections).toBe(1);
  });
});
