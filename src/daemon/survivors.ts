// The servers of a program that crashed: children of this process still, whose environment says whom they serve. Nothing else
// knows of them. What cannot be read (in a container without CAP_SYS_PTRACE that of other users) stays unknown.
// Read at the start, synchronously. Source: proc(5).

import { readFileSync } from 'node:fs';
import { unixSource } from '../policy/source.ts';
import type { Source } from '../policy/source.ts';
import { statFields, TICKS_A_SECOND } from './cpu-time.ts';
import type { HandedServer } from './handover.ts';
import { plainAddress, sourceOfText } from './plain-address.ts';

/** The two clocks, in milliseconds. */
export interface Clocks {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** When a process began, in ticks after the machine did; counted as `statFields` has them. */
const STARTED = 19;

/** Those of process `pid`; the key of each is the id of its service, in lower case. */
export function survivorsOf(pid: number, clocks: Clocks): readonly HandedServer[] {
  const uptimeSeconds = Number.parseFloat(textOf('/proc/uptime'));
  const children = textOf(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => {
    const variables = variablesOf(textOf(`/proc/${child}/environ`));
    return survivor(child, variables, ageMs(textOf(`/proc/${child}/stat`), uptimeSeconds), clocks) ?? [];
  });
}

/** A server by its environment (launch/environment.ts); undefined for a child that is none. */
export function survivor(
  pid: number,
  variables: ReadonlyMap<string, string>,
  age: number,
  { monotonicMs, wallMs }: Clocks,
): HandedServer | undefined {
  const id = variables.get('XINETD_SERVICE');
  if (id === undefined) return undefined;
  return {
    pid,
    serviceKey: id.toLowerCase(),
    source: sourceIn(variables),
    requestNumber: Number(/-(\d{1,15})$/.exec(variables.get('XINETD_CONN_ID') ?? '')?.[1] ?? 0),
    startedAtMs: monotonicMs - age,
    startedAt: new Date(wallMs - age),
    hasSocket: false,
    trigger: undefined,
  };
}

function sourceIn(variables: ReadonlyMap<string, string>): Source | undefined {
  const [uid = -1, gid = -1, pid = -1] = ['REMOTE_UID', 'REMOTE_GID', 'REMOTE_PID'].map((name) =>
    numberIn(variables.get(name)),
  );
  if (uid >= 0) return unixSource({ uid, gid, pid, groups: [] });
  const text = variables.get('REMOTE_HOST') ?? '';
  if (plainAddress(text) === undefined) return undefined;
  return { ...sourceOfText(text), port: Math.max(numberIn(variables.get('REMOTE_PORT')), 0) };
}

/** -1 for what is none. */
function numberIn(text = ''): number {
  return /^\d{1,10}$/.test(text) ? Number(text) : -1;
}

function variablesOf(environment: string): ReadonlyMap<string, string> {
  return new Map(
    environment.split('\0').map((pair) => {
      const end = pair.indexOf('=');
      return [pair.slice(0, end), pair.slice(end + 1)];
    }),
  );
}

function ageMs(stat: string, uptimeSeconds: number): number {
  const started = Number(statFields(stat)[STARTED]);
  const seconds = uptimeSeconds - started / TICKS_A_SECOND;
  return seconds > 0 ? seconds * 1000 : 0;
}

/** Nothing of a process that is gone or hidden. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
