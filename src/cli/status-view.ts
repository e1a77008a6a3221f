// The status of a daemon as text: a heading, a table of services, the running servers below their service. Pure.

import { duration } from './tell.ts';

/** The answer to `status`, see docs/control.md; null is UNLIMITED or unknown. */
export interface DaemonStatus {
  readonly version: string;
  readonly pid: number;
  readonly processLimit: number | null;
  readonly runningServers: number;
  readonly bans: number;
  readonly services: readonly ServiceStatus[];
}

export interface ServiceStatus {
  readonly id: string;
  readonly state: string;
  readonly socketType: string;
  readonly port: number;
  /** Of a unix socket. */
  readonly path?: string | null;
  readonly instances: { readonly running: number; readonly limit: number | null };
  readonly cps: { readonly connections: number; readonly counted: number };
  readonly served: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly servers: readonly ServerStatus[];
}

export interface ServerStatus {
  readonly pid: number;
  readonly from: string | null;
  readonly seconds: number;
  readonly cpuSeconds: number | null;
}

const HEADINGS = ['SERVICE', 'STATE', 'SOCKET', 'RUNNING', 'RATE', 'SERVED', 'REFUSED'];

/** At most `rows` lines; what does not fit is counted. */
export function statusText(status: DaemonStatus, rows = Infinity): string {
  const { version, pid, runningServers, processLimit, bans, services } = status;
  const heading = `xinetd-ts ${version}, pid ${pid}: ${services.length} services, ${of(runningServers, processLimit)} servers, ${bans} bans`;
  const cells = [HEADINGS, ...services.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const table = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const [titles = '', ...lines] = table;
  const body = lines.flatMap((line, index) => [line, ...(services[index]?.servers ?? []).map(serverLine)]);
  return `${cut([heading, '', titles, ...body], rows).join('\n')}\n`;
}

function cellsOf({
  id,
  state,
  socketType,
  port,
  path,
  instances,
  cps,
  served,
  refused,
}: ServiceStatus): readonly string[] {
  const reasons = Object.entries(refused);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const detail = total === 0 ? '' : ` (${reasons.map(([reason, count]) => `${reason} ${count}`).join(', ')})`;
  const rate = cps.connections === 0 ? String(cps.counted) : `${cps.counted}/${cps.connections}`;
  const running = of(instances.running, instances.limit);
  return [
    id,
    state,
    path === undefined || path === null ? `${socketType}/${port}` : `${socketType} ${path}`,
    running,
    rate,
    String(served),
    `${total}${detail}`,
  ];
}

function serverLine({ pid, from, seconds, cpuSeconds }: ServerStatus): string {
  const cpu = cpuSeconds === null ? '' : `, cpu ${cpuSeconds.toFixed(2)}s`;
  return `  ${pid} from ${from ?? 'unknown'} for ${duration(seconds)}${cpu}`;
}

function of(count: number, limit: number | null): string {
  return limit === null ? String(count) : `${count}/${limit}`;
}

function cut(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  return [...lines.slice(0, rows - 1), `... ${lines.length - rows + 1} more lines`];
}
