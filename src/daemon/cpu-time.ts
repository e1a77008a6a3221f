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
export const TICKS_A_SECOND = 100;
/** utime, stime, cutime and cstime, counted as `statFields` has them. */
const TIMES = [11, 15] as const;

/** What follows the name in a line of /proc/PID/stat; the name ends with the last parenthesis. */
export function statFields(line: string): readonly string[] {
  return line.slice(line.lastIndexOf(')') + 2).split(' ');
}

/** The sum of the four times in a line of /proc/PID/stat; null for a line of another form. */
export function parseStat(line: string): number | null {
  const ticks = statFields(line)
    .slice(...TIMES)
    .map(Number);
  const sum = ticks.reduce((total, each) => total + each, 0);
  return ticks.length === TIMES[1] - TIMES[0] && Number.isFinite(sum) ? sum / TICKS_A_SECOND : null;
}
