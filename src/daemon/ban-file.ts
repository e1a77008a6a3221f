// The file that carries bans over a restart: read once before the services start, replaced as a whole by every change.
// A file that others could have written, or that says anything unexpected, counts as broken: it is kept aside under
// another name and nothing of it is believed. Links are never followed. Throws ErrnoException where the disk says no.

import { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { rmSync, writeSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { plainAddress } from './plain-address.ts';

/** A ban as the file has it: by the clock on the wall, for the other clock begins anew with each start of the machine. */
export interface StoredBan {
  readonly address: string;
  /** Milliseconds since 1970; Infinity = FOREVER. */
  readonly untilWallMs: number;
}

export type BanFileContent =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly bans: readonly StoredBan[] }
  /** `keptAs`: where it lies now. */
  | { readonly kind: 'broken'; readonly reason: string; readonly keptAs: string };

const LARGEST_BYTES = 4 * 1024 * 1024;
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const WRITABLE_BY_OTHERS = 0o022;
const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
const CREATE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;

/** What the file says. A broken one is moved aside. */
export function readBanFile(path: string): BanFileContent {
  try {
    const text = readOwnFile(path);
    return text === undefined ? { kind: 'none' } : { kind: 'read', bans: parseBans(text) };
  } catch (error) {
    const keptAs = `${path}.broken`;
    renameSync(path, keptAs);
    return { kind: 'broken', reason: error instanceof Error ? error.message : String(error), keptAs };
  }
}

/** Replaces the file; whoever reads it sees the old text or the new one. Makes the folder if it is missing. */
export async function writeBanFile(path: string, bans: readonly StoredBan[]): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  requireOwnFolder(await lstat(folder));
  const draft = `${path}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, CREATE, FILE_MODE);
  try {
    await file.writeFile(formatBans(bans));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** The same at the very end, when nobody is served any more; beside a write that may still be under way. */
export function writeBanFileLast(path: string, bans: readonly StoredBan[]): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  requireOwnFolder(lstatSync(folder));
  const draft = `${path}.last`;
  rmSync(draft, { force: true });
  const fd = openSync(draft, CREATE, FILE_MODE);
  try {
    writeSync(fd, formatBans(bans));
  } finally {
    closeSync(fd);
  }
  renameSync(draft, path);
}

function requireOwnFolder(folder: Stats): void {
  if (!folder.isDirectory()) throw new Error('its folder is no folder');
  if (folder.uid !== process.geteuid?.()) throw new Error('its folder belongs to somebody else');
  if ((folder.mode & WRITABLE_BY_OTHERS) !== 0) throw new Error('others may write to its folder');
}

function readOwnFile(path: string): string | undefined {
  const fd = openExisting(path);
  if (fd === undefined) return undefined;
  try {
    const file = fstatSync(fd);
    if (!file.isFile()) throw new Error('not a regular file');
    if (file.uid !== process.geteuid?.()) throw new Error('it belongs to somebody else');
    if ((file.mode & WRITABLE_BY_OTHERS) !== 0) throw new Error('others may write to it');
    if (file.size > LARGEST_BYTES) throw new Error('it is too large');
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function openExisting(path: string): number | undefined {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // Node's fs throws ErrnoException only
    throw error;
  }
}

function formatBans(bans: readonly StoredBan[]): string {
  const lines = bans.map(({ address, untilWallMs }) => {
    const until = untilWallMs === Infinity ? 'FOREVER' : new Date(untilWallMs).toISOString();
    return `    ${JSON.stringify({ address, until })}`;
  });
  const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`;
  return `{\n  "version": 1,\n  "bans": ${list}\n}\n`;
}

function parseBans(text: string): readonly StoredBan[] {
  const content: unknown = JSON.parse(text);
  if (!isRecord(content) || content['version'] !== 1 || !Array.isArray(content['bans'])) {
    throw new Error('it is no list of bans, version 1');
  }
  return content['bans'].map(parseBan);
}

function parseBan(entry: unknown, index: number): StoredBan {
  const { address, until }: Readonly<Record<string, unknown>> = isRecord(entry) ? entry : {};
  const plain = typeof address === 'string' ? plainAddress(address) : undefined;
  const untilWallMs = until === 'FOREVER' ? Infinity : typeof until === 'string' ? Date.parse(until) : Number.NaN;
  if (plain === undefined || Number.isNaN(untilWallMs)) throw new Error(`entry ${index + 1} makes no sense`);
  return { address: plain, untilWallMs };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
