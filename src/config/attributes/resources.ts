// Rows of the resource limits of a server: rlimit_as, _cpu, _data, _rss, _stack, _files. Pure.

import type { DiagnosticCode } from '../codes.ts';
import { ASSIGN_ONLY, attribute } from './row.ts';
import { readResource, seconds, size, writeNumber } from './words.ts';

/** What the rows of this file differ in. */
interface Resource<Name extends string> {
  readonly name: Name;
  readonly code: DiagnosticCode;
  readonly measure: (text: string) => number | undefined;
  readonly syntax: string;
  readonly otherwise: string;
  readonly summary: string;
  readonly manual: string;
}

function resource<const Name extends string>({ code, measure, ...texts }: Resource<Name>) {
  return attribute({
    ...texts,
    scope: 'service',
    operators: ASSIGN_ONLY,
    arity: 1,
    read: readResource(code, measure),
    fallback: undefined,
    inherit: 'never',
    rebind: false,
    write: writeNumber,
    since: '2.1.8.9pre9',
    actsIn: 'launch/plan.ts',
  });
}

const BYTES = 'BYTES[k|M] | UNLIMITED';
const UNCHANGED = "the daemon's own limit";

export const rlimitAs = resource({
  name: 'rlimit_as',
  code: 'XC142',
  measure: size,
  syntax: BYTES,
  otherwise: UNCHANGED,
  summary: 'Address space of the server.',
  manual: `Soft and hard limit are set alike, before the server gives up root. The suffixes k and M count 1024 and 1024
times 1024; 0 is as if nothing were said.`,
});

export const rlimitCpu = resource({
  name: 'rlimit_cpu',
  code: 'XC143',
  measure: seconds,
  syntax: 'SECONDS | UNLIMITED',
  otherwise: UNCHANGED,
  summary: 'Processor time of the server.',
  manual: `A plain number of seconds, without suffix.`,
});

export const rlimitData = resource({
  name: 'rlimit_data',
  code: 'XC144',
  measure: size,
  syntax: BYTES,
  otherwise: UNCHANGED,
  summary: 'Data segment of the server.',
  manual: `Counted like rlimit_as.`,
});

export const rlimitRss = resource({
  name: 'rlimit_rss',
  code: 'XC145',
  measure: size,
  syntax: BYTES,
  otherwise: UNCHANGED,
  summary: 'Resident memory of the server.',
  manual: `Counted like rlimit_as. Current Linux kernels accept this limit and ignore it.`,
});

export const rlimitStack = resource({
  name: 'rlimit_stack',
  code: 'XC146',
  measure: size,
  syntax: BYTES,
  otherwise: UNCHANGED,
  summary: 'Stack of the server.',
  manual: `Counted like rlimit_as.`,
});

export const rlimitFiles = resource({
  name: 'rlimit_files',
  code: 'XC147',
  measure: size,
  syntax: 'NUMBER[k|M] | UNLIMITED',
  otherwise: "the daemon's hard limit",
  summary: 'Number of files the server may have open.',
  manual: `Soft and hard limit are set alike. UNLIMITED sets nothing and leaves the daemon's hard limit in force.`,
});
