// Becoming a daemon without losing start-up errors: the program starts itself again in a session of its own, with a
// status pipe; the parent waits until the services are up (or the start failed) and exits accordingly.
// Differs: the reference's parent exits 0 before the configuration is read (docs/compatibility.md).

import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { spawnDetached } from '../native/binding.ts';

const STATUS_FD = 3;
/** That of whoever started the daemon, until the services are up. */
const STDERR_FD = 2;
/** Tells the child that fd 3 is its status pipe; removed from the environment at once. */
export const STATUS_VARIABLE = 'XINETD_TS_STATUS_FD';
const UP = 'up';

/** Starts the daemon proper and waits for its word. Returns true when the services are up. */
export function detach(args: readonly string[]): boolean {
  const argv = [process.execPath, ...process.execArgv, ...args];
  const env = Object.entries({ ...process.env, [STATUS_VARIABLE]: String(STATUS_FD) }).map(([name, value]) =>
    Buffer.from(`${name}=${value ?? ''}`, 'utf8').toString('latin1'),
  );
  const { statusFd } = spawnDetached(process.execPath, argv, env, STATUS_FD);
  const word = readAll(statusFd);
  closeSync(statusFd);
  return word === UP;
}

/** The detached child's end of the pipe; undefined in a process that was not started by `detach`. */
export interface StatusPipe {
  /** A line for whoever started the daemon; silent once the services are up. */
  readonly tell: (text: string) => void;
  /** The services are up: lets the parent go, and lets go of its terminal. */
  readonly reportUp: () => void;
}

/** Whether `detach` has started this process: what the parent has said need not be said again. */
export function isDetachedChild(): boolean {
  return process.env[STATUS_VARIABLE] === String(STATUS_FD);
}

/** Claims the status pipe if this process is the detached child. Call once, before the environment is read. */
export function claimStatusPipe(): StatusPipe | undefined {
  if (!isDetachedChild()) return undefined;
  delete process.env[STATUS_VARIABLE];
  let isUp = false;
  return {
    tell: (text) => {
      if (!isUp) sayOnStderr(text);
    },
    reportUp: () => {
      isUp = true;
      writeSync(STATUS_FD, UP);
      closeSync(STATUS_FD);
      closeSync(STDERR_FD);
      openSync('/dev/null', 'r+'); // the lowest free number: 2
    },
  };
}

/** A line on stderr; nobody may be there to read it any more. */
export function sayOnStderr(text: string): void {
  try {
    writeSync(STDERR_FD, `${text}\n`);
  } catch {
    // A closed pipe or terminal.
  }
}

function readAll(fd: number): string {
  const bytes = Buffer.alloc(16);
  let text = '';
  for (let count = readSync(fd, bytes); count > 0; count = readSync(fd, bytes))
    text += bytes.toString('latin1', 0, count);
  return text;
}
