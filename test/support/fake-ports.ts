// A world in memory for the configuration's ports: files by path, and tables with a few well-known names.

import type { ConfigPorts, FileStatus, ReadResult } from '../../src/config/ports.ts';

/** Marks a path as a FIFO. */
export const FIFO = { text: '', mode: 0o644, kind: 'other' } as const;

/** A file that is more than its text. */
interface FakeStatus {
  readonly text: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly kind?: 'other';
}

const MISSING = { ok: false, failure: 'missing', system: { errno: 2, reason: 'No such file or directory' } } as const;
const NOT_REGULAR = { ok: false, failure: 'not-regular', system: { errno: 22, reason: 'Invalid argument' } } as const;
const PROTOCOLS = new Map([
  ['tcp', 6],
  ['udp', 17],
]);

/** Ports over the given files; `change` replaces single ports. */
export function fakePorts(
  files: Readonly<Record<string, string | FakeStatus>>,
  change: Partial<ConfigPorts> = {},
): ConfigPorts {
  const find = (path: string): FakeStatus | undefined => {
    const file = files[path];
    return typeof file === 'string' ? { text: file } : file;
  };
  const namesIn = (path: string): readonly string[] => {
    const prefix = path.endsWith('/') ? path : `${path}/`;
    const below = Object.keys(files).filter((each) => each.startsWith(prefix));
    return [...new Set(below.map((each) => each.slice(prefix.length).split('/')[0] ?? ''))];
  };
  const stat = (path: string): FileStatus | undefined => {
    const file = find(path);
    if (file !== undefined) return statusOf(file);
    return namesIn(path).length > 0 ? { ...statusOf({ text: '' }), kind: 'directory' } : undefined;
  };
  const readFile = (path: string): ReadResult => {
    const file = find(path);
    if (file?.kind === 'other' || (file === undefined && stat(path)?.kind === 'directory')) return NOT_REGULAR;
    return file === undefined ? MISSING : { ok: true, text: file.text, status: statusOf(file) };
  };
  return {
    readFile,
    listDirectory: (path) => (stat(path)?.kind === 'directory' ? namesIn(path) : undefined),
    stat,
    lookupService: () => undefined,
    serviceNames: () => [],
    lookupProtocol: (name) => numbered(name, PROTOCOLS.get(name)),
    lookupRpc: () => undefined,
    lookupNetwork: () => undefined,
    lookupHosts: () => [],
    hostName: () => undefined,
    lookupUser: (name) => (name === 'root' || name === 'nobody' ? { name, uid: 0, gid: 0 } : undefined),
    lookupUid: () => undefined,
    lookupGroup: (name) => (name === 'daemon' ? { name, gid: 1 } : undefined),
    groupList: (_user, gid) => [gid],
    environment: [],
    effectiveUid: 0,
    allowInsecure: false,
    ...change,
  };
}

function statusOf({ mode = 0o644, uid = 0, kind }: FakeStatus): FileStatus {
  return { kind: kind ?? 'file', mode, uid, gid: 0, isExecutable: false };
}

function numbered(name: string, number: number | undefined): ReturnType<ConfigPorts['lookupProtocol']> {
  return number === undefined ? undefined : { name, number, aliases: [] };
}
