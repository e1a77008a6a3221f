// Opening and looking at log files, so that no FIFO, device or planted link can stop or divert the daemon.
// Opening throws SystemError; looking at and closing what is open never throws, for a failing disk must not end the
// daemon. Paths are byte strings.

import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { SystemError } from '../native/system-error.ts';

const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const MODE = 0o644;
const ENXIO = 6;
const EINVAL = 22;
const ELOOP = 40;

/** A file opened for appending; the descriptor is close-on-exec. */
export interface LogFile {
  readonly fd: number;
  readonly device: number;
  readonly inode: number;
  /** When it was last looked at. */
  readonly sizeBytes: number;
}

/** strerror(3). */
export type Strerror = (errno: number) => string;

/** Regular files, and character devices such as /dev/null; what the kernel cannot tell (EIO) is taken for a file. */
export function openLogFile(path: string, strerror: Strerror): LogFile {
  const fd = open(path, strerror);
  const status = statusOf(fd);
  if (status === undefined) return { fd, device: UNKNOWN, inode: UNKNOWN, sizeBytes: 0 };
  if (status.isFile() || status.isCharacterDevice())
    return { fd, device: status.dev, inode: status.ino, sizeBytes: status.size };
  closeQuietly(fd);
  throw new SystemError('open', EINVAL, path, 'Not a regular file');
}

/** True when a link, a FIFO or a socket stands where the log should be: it may go away while the daemon runs. */
export function isObstacle(error: SystemError): boolean {
  return error.errno === ELOOP || error.errno === ENXIO || error.errno === EINVAL;
}

/** True when `status` is not of this file any more. */
export function isAnother(file: LogFile, status: Stats): boolean {
  return file.inode !== UNKNOWN && (file.inode !== status.ino || file.device !== status.dev);
}

/** The size of an open file; undefined when the kernel would not say. */
export function sizeOf(fd: number): number | undefined {
  return statusOf(fd)?.size;
}

/** The descriptor is gone even where close(2) fails; what failed to land then has been reported by its write. */
export function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {}
}

/** What Node threw, as the system's word. */
export function systemError(call: string, error: unknown, path: string, strerror: Strerror): SystemError {
  const hasErrno = error instanceof Error && 'errno' in error && typeof error.errno === 'number';
  const errno = hasErrno ? Math.abs(Number(error.errno)) : EINVAL;
  return new SystemError(call, errno, path, strerror(errno));
}

const UNKNOWN = -1;

function open(path: string, strerror: Strerror): number {
  try {
    return openSync(Buffer.from(path, 'latin1'), FLAGS, MODE);
  } catch (error) {
    throw systemError('open', error, path, strerror);
  }
}

function statusOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd);
  } catch {
    return undefined;
  }
}
