// Processor time of running servers, read from /proc when somebody asks: user and system time of the process and of those of
// its children that it has waited for. Source: proc(5), /proc/PID/stat.

import { readFile } from 'node:fs/promises';

/** Of one process; null where it is gone or hidden. */
export async function cpuSeconds(pid: number): Promise<number | null> {
  try {
    return parseStat(await readFile(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return null;
  }
}

/** USER_HZ, the unit of /proc on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;
/** utime, stime, cutime and cstime, counted after the name, which ends with the last parenthesis. */
const TIMES = [11, 15] as const;

/** The sum of the four times in a line of /proc/PID/stat; null for a line of another form. */
export function parseStat(line: string): number | null {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(...TIMES).map(Number);
  const sum = ticks.reduce((total, each) => total + each, 0);
  return ticks.length === TIMES[1] - TIMES[0] && Number.isFinite(sum) ? sum / TICKS_A_SECOND : null;
}
