// Bytes for another program of this process, in a file that is nowhere but in memory; its descriptor outlives exec.

import { closeSync, fstatSync, readSync, writeSync } from 'node:fs';
import { memoryFile } from '../native/binding.ts';

/** Writes a record; the descriptor is the caller's. Throws SystemError or Node's error. */
export function writeRecord(name: string, bytes: Uint8Array): number {
  const fd = memoryFile(name);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Everything in a file, wherever its writer stopped. */
export function readRecord(fd: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(fd).size);
  for (let at = 0; at < bytes.length;) {
    const count = readSync(fd, bytes, at, bytes.length - at, at);
    if (count === 0) break;
    at += count;
  }
  return bytes;
}
