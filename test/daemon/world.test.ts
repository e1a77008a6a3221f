import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import type { NameService } from '../../src/daemon/name-service.ts';
import { configPorts, MAX_FILE_BYTES } from '../../src/daemon/world.ts';

const directory = mkdtempSync(join(tmpdir(), 'world-'));
afterAll(() => rmSync(directory, { recursive: true }));

const names: NameService = {
  lookupUser: (nameOrUid) => (nameOrUid === 'root' || nameOrUid === 0 ? { name: 'root', uid: 0, gid: 0 } : undefined),
  lookupGroup: (nameOrGid) => (nameOrGid === 'root' ? { name: 'root', gid: 0 } : undefined),
  groupList: (_user, gid) => [gid, 7],
  strerror: (errno) => `error ${errno}`,
};
const ports = configPorts({ names, allowInsecure: true, etc: directory });

function place(name: string, content: string | Buffer = ''): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

describe('readFile', () => {
  it('gives bytes as they are, with permissions', () => {
    const path = place('bytes', Buffer.from([0, 0xff, 0xc3, 0xa9, 10]));
    chmodSync(path, 0o640);
    expect(ports.readFile(path)).toMatchObject({
      ok: true,
      text: '\0\xff\xc3\xa9\n',
      status: { kind: 'file', mode: 0o640 },
    });
  });

  it('reads files larger than one buffer, and files without a size', () => {
    const text = 'x'.repeat(3_000_001);
    expect(ports.readFile(place('large', text))).toMatchObject({ ok: true, text });
    expect(ports.readFile('/proc/self/status')).toMatchObject({ ok: true, text: expect.stringContaining('Pid:') });
  });

  it('takes a path as bytes', () => {
    writeFileSync(Buffer.from(join(directory, 'caf\xe9'), 'latin1'), 'x');
    expect(ports.readFile(join(directory, 'caf\xe9'))).toMatchObject({ ok: true, text: 'x' });
  });

  it('says why it could not', () => {
    const gone = { ok: false, failure: 'missing', system: { errno: 2, reason: 'error 2' } };
    expect(ports.readFile(join(directory, 'gone'))).toEqual(gone);
    symlinkSync('loop', join(directory, 'loop'));
    expect(ports.readFile(join(directory, 'loop'))).toMatchObject({ failure: 'unreadable' });
    expect(ports.readFile('a\0b')).toMatchObject({ failure: 'unreadable' });
  });

  it('never opens what is no regular file', () => {
    const fifo = join(directory, 'fifo');
    execFileSync('mkfifo', [fifo]);
    expect(ports.readFile(fifo)).toMatchObject({ failure: 'not-regular' });
    expect(ports.readFile('/dev/zero')).toMatchObject({ failure: 'not-regular' });
    expect(ports.readFile(directory)).toMatchObject({ failure: 'not-regular', system: { errno: 21 } });
  });

  it('refuses a file beyond the limit unread', () => {
    const path = place('huge');
    truncateSync(path, MAX_FILE_BYTES + 1);
    expect(ports.readFile(path)).toMatchObject({ failure: 'too-large', system: { errno: 27 } });
  });
});

describe('stat and listDirectory', () => {
  it('tell what is there', () => {
    mkdirSync(join(directory, 'd'));
    const program = place('d/program');
    chmodSync(program, 0o755);
    expect(ports.stat(program)).toMatchObject({ kind: 'file', isExecutable: true });
    chmodSync(program, 0o644);
    expect(ports.stat(program)).toMatchObject({ isExecutable: false });
    expect(ports.stat(join(directory, 'd'))?.kind).toBe('directory');
    expect(ports.stat('/dev/null')?.kind).toBe('other');
    expect(ports.listDirectory(join(directory, 'd'))).toEqual(['program']);
  });

  it('tell that nothing is there', () => {
    expect([ports.stat('/no/such'), ports.listDirectory('/no/such')]).toEqual([undefined, undefined]);
  });
});

describe('the name files', () => {
  it('are read when they are needed', () => {
    place('services', 'web 80/tcp www\n');
    place('protocols', 'tcp 6\n');
    place('rpc', 'rstatd 100001\n');
    place('networks', 'ten 10\n');
    place('hosts', '127.0.0.1 localhost\n');
    expect(ports.lookupService('www', 'tcp')?.port).toBe(80);
    expect(ports.serviceNames()).toEqual(['web', 'www']);
    expect(ports.lookupProtocol('tcp')?.number).toBe(6);
    expect(ports.lookupRpc('rstatd')?.number).toBe(100_001);
    expect(ports.lookupNetwork('ten')).toBe(0x0a000000);
    expect(ports.lookupHosts('localhost')).toEqual(['127.0.0.1']);
    expect(ports.hostName('127.0.0.1')).toBe('localhost');
  });

  it('may be missing', () => {
    const bare = configPorts({ names, allowInsecure: false, etc: join(directory, 'nowhere') });
    expect([bare.lookupService('web', 'tcp'), bare.serviceNames()]).toEqual([undefined, []]);
    expect(['tcp', 'udp', 'icmp'].map((name) => bare.lookupProtocol(name)?.number)).toEqual([6, 17, undefined]);
  });
});

describe('the rest of the world', () => {
  it('comes from the name service and the process', () => {
    expect([ports.lookupUser('root')?.uid, ports.lookupUid(0)?.name, ports.lookupGroup('root')?.gid]).toEqual([
      0,
      'root',
      0,
    ]);
    expect(ports.groupList('root', 3)).toEqual([3, 7]);
    expect(ports.environment.some((pair) => pair.startsWith('PATH='))).toBe(true);
    expect([ports.effectiveUid, ports.allowInsecure]).toEqual([process.geteuid?.(), true]);
  });
});
