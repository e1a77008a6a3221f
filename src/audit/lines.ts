// What a log has of each event: which flag of log_on_success / log_on_failure asks for which part of which line, as text
// and as fields of a record. Pure. Text that a client chose is made harmless. A line is a byte string without time
// stamp and newline. Source: xinetd.log(5); compat/001-tcp-nowait-basic, compat/047-process-limit.

import type { FailureFlag, SuccessFlag } from '../config/attributes/values.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { placeOf } from '../config/source.ts';
import type { Span } from '../config/source.ts';
import { NO_ADDRESS } from '../policy/source.ts';
import type { Source } from '../policy/source.ts';
import type { AddressWriter } from './address-form.ts';
import type { AuditEvent, ExitEvent, FailEvent, NoIdEvent, StartEvent, TrafficEvent, UserIdEvent } from './event.ts';
import { harmless } from './harmless.ts';

/** The flags of a service. */
export type LogFlags = Pick<ServiceConfig, 'log_on_success' | 'log_on_failure'>;

/** How addresses are written. */
export interface Style {
  readonly address: AddressWriter;
  readonly showsPort: boolean;
}

/** Names and values; what is undefined is left out. */
export type Fields = Readonly<Record<string, string | number | undefined>>;

/** One part of a line; without `flag` it always stands. */
export interface Part<Event> {
  readonly flag?: SuccessFlag | FailureFlag;
  readonly text?: (event: Event, style: Style) => string;
  readonly fields?: (event: Event, style: Style) => Fields;
}

/** The line of one kind of event. */
export interface Line<Event> {
  /** The list whose flags choose the parts. */
  readonly list: keyof LogFlags | 'either';
  /** The line is written when one of these is set; empty: always. */
  readonly when: readonly (SuccessFlag | FailureFlag)[];
  readonly parts: readonly Part<Event>[];
}

const ANY_SUCCESS: readonly SuccessFlag[] = ['HOST', 'DURATION', 'EXIT', 'PID', 'USERID', 'TRAFFIC'];
const ANY_FAILURE: readonly FailureFlag[] = ['HOST', 'ATTEMPT', 'USERID'];

const START: Line<StartEvent> = {
  list: 'log_on_success',
  when: ANY_SUCCESS,
  parts: [
    { text: ({ id }) => `START: ${id}` },
    { flag: 'PID', text: ({ pid }) => ` pid=${pid}`, fields: ({ pid }) => ({ pid }) },
    { flag: 'HOST', text: fromText, fields: fromFields },
  ],
};

const EXIT: Line<ExitEvent> = {
  list: 'log_on_success',
  when: ['EXIT', 'DURATION'],
  parts: [
    { text: ({ id }) => `EXIT: ${id}` },
    {
      flag: 'EXIT',
      text: ({ end }) => ('status' in end ? ` status=${end.status}` : ` signal=${end.signal}`),
      fields: ({ end }) => end,
    },
    { flag: 'PID', text: ({ pid }) => ` pid=${pid}`, fields: ({ pid }) => ({ pid }) },
    {
      flag: 'DURATION',
      text: ({ durationMs }) => ` duration=${Math.floor(durationMs / 1000)}(sec)`,
      fields: ({ durationMs, cpuMicroseconds }) => ({
        duration: Math.round(durationMs) / 1000,
        cpu: cpuMicroseconds === undefined ? undefined : cpuMicroseconds / 1e6,
      }),
    },
    { flag: 'HOST', fields: fromFields },
  ],
};

const FAIL: Line<FailEvent> = {
  list: 'log_on_failure',
  when: ANY_FAILURE,
  parts: [
    {
      text: ({ id, reason }) => `FAIL: ${id} ${reason}`,
      fields: ({ reason, by, rule }) => ({ reason: reason.replaceAll(' ', '_'), by, rule: placeText(rule) }),
    },
    { flag: 'HOST', text: fromText, fields: fromFields },
  ],
};

const USERID: Line<UserIdEvent> = {
  list: 'either',
  when: ['USERID'],
  parts: [{ text: ({ id, text }) => `USERID: ${id} ${harmless(text)}`, fields: ({ text }) => ({ user: text }) }],
};

const NOID: Line<NoIdEvent> = {
  list: 'either',
  when: [],
  parts: [
    {
      text: ({ id, source, result }, style) => `NOID: ${id} ${addressText(source, style)} ${result}`,
      fields: (event, style) => ({ result: event.result, ...fromFields(event, style) }),
    },
  ],
};

const TRAFFIC: Line<TrafficEvent> = {
  list: 'log_on_success',
  when: ['TRAFFIC'],
  parts: [
    {
      text: ({ id, inBytes, outBytes }) => `TRAFFIC: ${id} in=${inBytes}(bytes) out=${outBytes}(bytes)`,
      fields: ({ inBytes, outBytes }) => ({ in: inBytes, out: outBytes }),
    },
  ],
};

/** The event of one kind. */
type EventOf<Kind extends AuditEvent['kind']> = Extract<AuditEvent, { kind: Kind }>;

/** The lines by kind of event. */
const LINES: { readonly [Kind in AuditEvent['kind']]: Line<EventOf<Kind>> } = {
  start: START,
  exit: EXIT,
  fail: FAIL,
  userid: USERID,
  noid: NOID,
  traffic: TRAFFIC,
};

/** What `make` makes of each line, for events of any kind. */
export function byKind<Result>(
  make: <Event>(line: Line<Event>) => (event: Event) => Result,
): (event: AuditEvent) => Result {
  const [start, exit, fail] = [make(LINES.start), make(LINES.exit), make(LINES.fail)];
  const [userid, noid, traffic] = [make(LINES.userid), make(LINES.noid), make(LINES.traffic)];
  return (event) => {
    switch (event.kind) {
      case 'start':
        return start(event);
      case 'exit':
        return exit(event);
      case 'fail':
        return fail(event);
      case 'userid':
        return userid(event);
      case 'noid':
        return noid(event);
      case 'traffic':
        return traffic(event);
    }
  };
}

/** The parts that a service's flags ask for; undefined when they do not ask for the line at all. */
export function partsOf<Event>(line: Line<Event>, flags: LogFlags): readonly Part<Event>[] | undefined {
  const isSet = flagTest(line.list, flags);
  if (line.when.length > 0 && !line.when.some(isSet)) return undefined;
  return line.parts.filter(({ flag }) => flag === undefined || isSet(flag));
}

function flagTest(list: Line<never>['list'], flags: LogFlags): (flag: SuccessFlag | FailureFlag) => boolean {
  const set = new Set<SuccessFlag | FailureFlag>([
    ...(list === 'log_on_failure' ? [] : flags.log_on_success),
    ...(list === 'log_on_success' ? [] : flags.log_on_failure),
  ]);
  return (flag) => set.has(flag);
}

interface HasSource {
  readonly source: Source | undefined;
}

function fromText({ source }: HasSource, style: Style): string {
  return ` from=${addressText(source, style)}`;
}

function addressText(source: Source | undefined, { address }: Style): string {
  return source === undefined ? NO_ADDRESS : address(source);
}

function fromFields({ source }: HasSource, { address, showsPort }: Style): Fields {
  if (source === undefined) return {};
  const { family, port, via } = source;
  return { from: address(source), port: showsPort && family !== 'unix' ? port : undefined, via };
}

function placeText(rule: Span | undefined): string | undefined {
  return rule === undefined ? undefined : `${rule.source.name}:${placeOf(rule.source, rule.start).line}`;
}
