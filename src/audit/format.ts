// An event becomes one line of text, or none if the service's flags do not ask for it. Pure.
// The parts are picked once, when a log is opened, so that a line costs only its own text.

import type { AuditEvent } from './event.ts';
import { byKind, partsOf } from './lines.ts';
import type { Line, LogFlags, Style } from './lines.ts';

/** Writes an event; undefined when the flags do not ask for it. */
export type EventFormat = (event: AuditEvent) => string | undefined;

/** Picks the parts that a service's flags ask for. */
export function compileFormat(flags: LogFlags, style: Style): EventFormat {
  return byKind((line) => textWriter(line, flags, style));
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
