// An event becomes one line of text, or none if the service's flags do not ask for it. Pure.
// The parts are picked once, when a log is opened, so that a line costs only its own text.

import type { AuditEvent } from './event.ts';
import { LINES, partsOf } from './lines.ts';
import type { Line, LogFlags, Style } from './lines.ts';

/** Writes an event; undefined when the flags do not ask for it. */
export type EventFormat = (event: AuditEvent) => string | undefined;

/** Picks the parts that a service's flags ask for. */
export function compileFormat(flags: LogFlags, style: Style): EventFormat {
  const writer = <Event>(line: Line<Event>): ((event: Event) => string | undefined) => textWriter(line, flags, style);
  const [start, exit, fail] = [writer(LINES.start), writer(LINES.exit), writer(LINES.fail)];
  const [userid, noid, traffic] = [writer(LINES.userid), writer(LINES.noid), writer(LINES.traffic)];
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

function textWriter<Event>(line: Line<Event>, flags: LogFlags, style: Style): (event: Event) => string | undefined {
  const parts = partsOf(line, flags)?.flatMap(({ text }) => (text === undefined ? [] : [text]));
  if (parts === undefined) return () => undefined;
  return (event) => {
    let text = '';
    for (const part of parts) text += part(event, style);
    return text;
  };
}
