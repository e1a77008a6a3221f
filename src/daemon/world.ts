// The real world behind `config/ports.ts`: files, the name files of /etc, users and groups, environment.
// Synchronous, so for load time only; each name file is read at most once per set of ports, a reload makes new ones.
// A configuration file is opened only after stat says it is regular: a FIFO or device is never touched.
// Throws nothing: what cannot be read is a result. Users and groups come through the NSS functions handed in.

import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  type Stats,
} from 'node:fs';
import { parseHosts, parseNetworks, parseNumbers, parseServices, STANDARD_PROTOCOLS } from '../config/databases.ts';
import type { ConfigPorts, FileStatus, ReadFailure, ReadResult, SystemFailure, UserRecord } from '../config/ports.ts';
import { CRASH_VARIABLE } from './crash-restart.ts';
import { STATUS_VARIABLE } from './detach.ts';
import { HANDOVER_VARIABLE, REHEARSAL_VARIABLE, withoutGuard } from './handover.ts';
import { unfailing } from './name-service.ts';
import type { NameService } from './name-service.ts';

/** What may differ from daemon to daemon. */
export interface WorldOptions {
  readonly names: NameService;
  readonly allowInsecure: boolean;
  /** See `ConfigPorts`. */
  readonly fallbackUser?: UserRecord | undefined;
  /** Where the name files are; for tests. */
  readonly etc?: string;
}

/** A larger file is no configuration. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

const MANAGER_VARIABLES = ['LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES'];
const OWN_VARIABLES: readonly string[] = [
  STATUS_VARIABLE,
  HANDOVER_VARIABLE,
  REHEARSAL_VARIABLE,
  CRASH_VARIABLE,
  ...MANAGER_VARIABLES,
];
const ERRNO = { isDirectory: 21, invalid: 22, tooBig: 27, missing: 2 } as const;

/** Makes the ports for one load. */
export function configPorts({ names, allowInsecure, fallbackUser, etc = '/etc' }: WorldOptions): ConfigPorts {
  const readTable = <Table>(name: string, parse: (text: string) => Table): (() => Table) =>
    once(() => parse(textOf(`${etc}/${name}`, names)));
  const people = unfailing(names);
  const services = readTable('services', parseServices);
  const protocols = readTable('protocols', parseNumbers);
  const rpc = readTable('rpc', parseNumbers);
  const networks = readTable('networks', parseNetworks);
  const hosts = readTable('hosts', parseHosts);
  return {
    readFile: (path) => readRegularFile(path, names),
    listDirectory,
    stat: statPath,
    lookupService: (name, protocol) => services().find(name, protocol),
    serviceNames: () => services().names(),
    lookupProtocol: (name) => protocols().get(name) ?? STANDARD_PROTOCOLS.get(name),
    lookupRpc: (name) => rpc().get(name),
    lookupNetwork: (name) => networks().get(name),
    lookupHosts: (name) => hosts().addressesOf(name),
    hostName: (address) => hosts().nameOf(address),
    lookupUser: people.lookupUser,
    lookupUid: people.lookupUser,
    lookupGroup: people.lookupGroup,
    groupList: people.groupList,
    environment: startEnvironment(),
    effectiveUid: process.geteuid?.() ?? -1,
    fallbackUser,
    allowInsecure,
  };
}

/** The environment as this process was given it; Node's own view has lost bytes that are not UTF-8. */
function startEnvironment(): readonly string[] {
  try {
    const pairs = byteString(readFileSync('/proc/self/environ')).split('\0');
    return withoutGuard(pairs).filter((pair) => pair.includes('=') && !isOurOwn(pair));
  } catch {
    return Object.entries(process.env).map(([name, value]) => byteString(Buffer.from(`${name}=${value}`)));
  }
}

/** Tells this process something about its own start: no server is to see it. */
function isOurOwn(pair: string): boolean {
  return OWN_VARIABLES.some((name) => pair.startsWith(`${name}=`));
}

function readRegularFile(path: string, names: NameService): ReadResult {
  const fail = (failure: ReadFailure, errno: number): ReadResult => ({
    ok: false,
    failure,
    system: { errno, reason: names.strerror(errno) } satisfies SystemFailure,
  });
  const refuse = (stats: Stats): ReadResult | undefined => {
    if (!stats.isFile()) return fail('not-regular', stats.isDirectory() ? ERRNO.isDirectory : ERRNO.invalid);
    return stats.size > MAX_FILE_BYTES ? fail('too-large', ERRNO.tooBig) : undefined;
  };
  try {
    const name = rawPath(path);
    const refused = refuse(statSync(name));
    return refused ?? readOpened(name, refuse) ?? fail('too-large', ERRNO.tooBig);
  } catch (error) {
    const errno = errnoOf(error);
    return fail(errno === ERRNO.missing ? 'missing' : 'unreadable', errno);
  }
}

/** Between stat and open the file may have become another: it is looked at again. Undefined when it is too large. */
function readOpened(name: Buffer, refuse: (stats: Stats) => ReadResult | undefined): ReadResult | undefined {
  const fd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stats = fstatSync(fd);
    const refused = refuse(stats);
    if (refused !== undefined) return refused;
    const text = readAll(fd, stats.size);
    return text === undefined ? undefined : { ok: true, text, status: fileStatus(stats) };
  } finally {
    closeSync(fd);
  }
}

/** Reads to the end of the file, which need not be where `size` said (files of /proc say 0). */
function readAll(fd: number, size: number): string | undefined {
  const pieces: string[] = [];
  const buffer = Buffer.allocUnsafe(Math.max(4096, Math.min(size + 1, 1 << 20)));
  let total = 0;
  for (let count = readSync(fd, buffer); count > 0; count = readSync(fd, buffer)) {
    total += count;
    if (total > MAX_FILE_BYTES) return undefined;
    pieces.push(byteString(buffer.subarray(0, count)));
  }
  return pieces.join('');
}

function listDirectory(path: string): readonly string[] | undefined {
  try {
    return readdirSync(rawPath(path), 'latin1');
  } catch {
    return undefined;
  }
}

function statPath(path: string): FileStatus | undefined {
  try {
    return fileStatus(statSync(rawPath(path)));
  } catch {
    return undefined;
  }
}

function fileStatus(stats: Stats): FileStatus {
  const notFile = stats.isDirectory() ? 'directory' : 'other';
  return {
    kind: stats.isFile() ? 'file' : notFile,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    isExecutable: isExecutable(stats),
  };
}

/** As access(2) with X_OK answers: root needs one execute bit, others the one that is theirs. */
function isExecutable({ mode, uid, gid }: Stats): boolean {
  const self = process.geteuid?.();
  if (self === 0) return (mode & 0o111) !== 0;
  if (self === uid) return (mode & 0o100) !== 0;
  const isMember = process.getegid?.() === gid || (process.getgroups?.() ?? []).includes(gid);
  return (mode & (isMember ? 0o010 : 0o001)) !== 0;
}

function textOf(path: string, names: NameService): string {
  const result = readRegularFile(path, names);
  return result.ok ? result.text : '';
}

function rawPath(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

function byteString(bytes: Buffer): string {
  return bytes.toString('latin1');
}

function errnoOf(error: unknown): number {
  const errno = error instanceof Error && 'errno' in error ? error.errno : undefined;
  return typeof errno === 'number' ? Math.abs(errno) : ERRNO.invalid;
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
