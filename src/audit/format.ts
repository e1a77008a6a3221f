// An event and the service's log_on_success / log_on_failure flags become one line, or none. Pure.
// Which flag writes which part of which line is a table; a service's rows are picked once, when its log is opened,
// so that a line costs only its own text. Text that a client chose is made harmless. The line is a byte string
// without time stamp and newline.
// Source: xinetd.log(5); compat/001-tcp-nowait-basic, compat/047-process-limit.

import type { FailureFlag, SuccessFlag } from '../config/attributes/values.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { NO_ADDRESS } from '../policy/source.ts';
import type { Source } from '../policy/source.ts';
import type { AuditEvent, ExitEvent, FailEvent, NoIdEvent, StartEvent, TrafficEvent, UserIdEvent } from './event.ts';
import { harmless } from './harmless.ts';

/** The flags of a service. */
export type LogFlags = Pick<ServiceConfig, 'log_on_success' | 'log_on_failure'>;

/** Writes an event; undefined when the flags do not ask for it. */
export type EventFormat = (event: AuditEvent) => string | undefined;

/** One part of a line; without `flag` it always stands. */
interface Part<Event> {
  readonly flag?: SuccessFlag | FailureFlag;
  readonly text: (event: Event) => string;
}

interface Line<Event> {
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
    { flag: 'PID', text: ({ pid }) => ` pid=${pid}` },
    { flag: 'HOST', text: ({ source }) => ` from=${addressOf(source)}` },
  ],
};

const EXIT: Line<ExitEvent> = {
  list: 'log_on_success',
  when: ['EXIT', 'DURATION'],
  parts: [
    { text: ({ id }) => `EXIT: ${id}` },
    { flag: 'EXIT', text: ({ end }) => ('status' in end ? ` status=${end.status}` : ` signal=${end.signal}`) },
    { flag: 'PID', text: ({ pid }) => ` pid=${pid}` },
    { flag: 'DURATION', text: ({ durationSeconds }) => ` duration=${durationSeconds}(sec)` },
  ],
};

const FAIL: Line<FailEvent> = {
  list: 'log_on_failure',
  when: ANY_FAILURE,
  parts: [
    { text: ({ id, reason }) => `FAIL: ${id} ${reason}` },
    { flag: 'HOST', text: ({ source }) => ` from=${addressOf(source)}` },
  ],
};

const USERID: Line<UserIdEvent> = {
  list: 'either',
  when: ['USERID'],
  parts: [{ text: ({ id, text }) => `USERID: ${id} ${harmless(text)}` }],
};

const NOID: Line<NoIdEvent> = {
  list: 'either',
  when: [],
  parts: [{ text: ({ id, source, result }) => `NOID: ${id} ${addressOf(source)} ${result}` }],
};

const TRAFFIC: Line<TrafficEvent> = {
  list: 'log_on_success',
  when: ['TRAFFIC'],
  parts: [{ text: ({ id, inBytes, outBytes }) => `TRAFFIC: ${id} in=${inBytes}(bytes) out=${outBytes}(bytes)` }],
};

/** Picks the rows that a service's flags ask for. */
export function compileFormat(flags: LogFlags): EventFormat {
  const [start, exit, fail] = [writer(START, flags), writer(EXIT, flags), writer(FAIL, flags)];
  const [userid, noid, traffic] = [writer(USERID, flags), writer(NOID, flags), writer(TRAFFIC, flags)];
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

function writer<Event>(line: Line<Event>, flags: LogFlags): (event: Event) => string | undefined {
  const isSet = flagTest(line.list, flags);
  if (line.when.length > 0 && !line.when.some(isSet)) return () => undefined;
  const parts = line.parts.filter(({ flag }) => flag === undefined || isSet(flag));
  return (event) => {
    let text = '';
    for (const part of parts) text += part.text(event);
    return text;
  };
}

function flagTest(list: Line<never>['list'], flags: LogFlags): (flag: SuccessFlag | FailureFlag) => boolean {
  const set = new Set<SuccessFlag | FailureFlag>([
    ...(list === 'log_on_failure' ? [] : flags.log_on_success),
    ...(list === 'log_on_success' ? [] : flags.log_on_failure),
  ]);
  return (flag) => set.has(flag);
}

function addressOf(source: Source | undefined): string {
  return source === undefined ? NO_ADDRESS : source.text;
}
