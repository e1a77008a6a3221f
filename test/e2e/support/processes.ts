// What runs in this cell, read from /proc. The cell has its own process ids, so every process seen here belongs to the test.

import { readFileSync, readdirSync } from 'node:fs';

export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** One letter as in ps(1); `Z` is a zombie. */
  readonly state: string;
  readonly commandLine: string;
}

/** All processes of the cell. */
export function processes(): readonly RunningProcess[] {
  return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? describeProcess(Number(entry)) : []));
}

/** The direct children of a process. */
export function childrenOf(pid: number): readonly RunningProcess[] {
  return processes().filter((candidate) => candidate.parent === pid);
}

/** True while the process exists and is no zombie. */
export function isAlive(pid: number): boolean {
  return describeProcess(pid).some((found) => found.state !== 'Z');
}

/** One line of /proc/PID/status, for example `Groups`. */
export function statusField(pid: number, name: string): string | undefined {
  return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
}

/** Local addresses the cell listens on, as /proc/net prints them, for one port. */
export function listeningOn(port: number): boolean {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['tcp', 'tcp6'].some((table) =>
    readFileSync(`/proc/net/${table}`, 'latin1')
      .split('\n')
      .map((row) => row.trim().split(/\s+/))
      .some((columns) => columns[1]?.endsWith(suffix) === true && columns[3] === '0A'),
  );
}

/** A process may vanish while it is read: then there is nothing to describe. */
function describeProcess(pid: number): RunningProcess[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '?', parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
    return [{ pid, parent: Number(parent), name, state, commandLine }];
  } catch {
    return [];
  }
}
