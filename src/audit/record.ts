// An event becomes a record: names and values for programs, as JSON (`log_format = json`) or as fields of the journal. Pure.
// The flags that choose the parts of a line choose these too. Lines that xinetd writes for form (START and EXIT
// around a refusal) have no record. The names are documented in docs/log-format.md and never change their meaning.

import type { AuditEvent } from './event.ts';
import { byKind, partsOf } from './lines.ts';
import type { Fields, Line, LogFlags, Style } from './lines.ts';

/** Makes the record of an event; undefined when there is none. */
export type EventRecord = (event: AuditEvent) => Fields | undefined;

/** The name of a request, in XINETD_CONN_ID and in records; unique on this host while the daemon lives. */
export function requestName(pid: number, requestNumber: number): string {
  return `${pid}-${requestNumber}`;
}

/** Picks the fields that a service's flags ask for; `pid` is the daemon's. */
export function compileRecord(flags: LogFlags, style: Style, pid: number): EventRecord {
  const fieldsOf = byKind((line) => fieldsMaker(line, flags, style));
  return (event) => {
    const fields = isForForm(event) ? undefined : fieldsOf(event);
    if (fields === undefined) return undefined;
    const { kind, id, requestNumber } = event;
    return { event: kind, service: id, connection: requestName(pid, requestNumber), ...fields };
  };
}

function isForForm(event: AuditEvent): boolean {
  return (event.kind === 'start' || event.kind === 'exit') && event.isForForm === true;
}

/** One line of JSON, all ASCII. Values are byte strings; what is not UTF-8 in them becomes U+FFFD. */
export function jsonLine(record: Fields, nowMs: number): string {
  let text = `{"time":"${new Date(nowMs).toISOString()}"`;
  for (const [name, value] of Object.entries(record))
    if (value !== undefined) text += `,"${name}":${typeof value === 'number' ? value : jsonString(value)}`;
  return `${text}}`;
}

function fieldsMaker<Event>(line: Line<Event>, flags: LogFlags, style: Style): (event: Event) => Fields | undefined {
  const makers = partsOf(line, flags)?.flatMap(({ fields }) => (fields === undefined ? [] : [fields]));
  if (makers === undefined) return () => undefined;
  return (event) => Object.assign({}, ...makers.map((make) => make(event, style)));
}

function jsonString(bytes: string): string {
  if (/^[\x20-\x7e]*$/u.test(bytes)) return JSON.stringify(bytes);
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  return JSON.stringify(text).replace(/[^\x20-\x7e]/gu, escaped);
}

function escaped(character: string): string {
  let text = '';
  for (let at = 0; at < character.length; at += 1)
    text += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  return text;
}
