// Whether a daemon that is root may believe a configuration file: who can write it can run programs as root.
// Pure. A file anybody can write is refused, unless the command line accepts it; a doubt is a warning (XC022 – XC024).

import type { DiagnosticCollector } from './diagnostic.ts';
import type { ConfigPorts, FileStatus } from './ports.ts';
import type { Span } from './source.ts';

/** A file and, for included ones, where it was named. */
export interface FileInQuestion {
  readonly name: string;
  readonly status: FileStatus;
  readonly span?: Span;
}

const WRITABLE_BY_ALL = 0o002;
const WRITABLE_BY_GROUP = 0o020;

/** Says whether the file may be used; reports why not, and what is doubtful. */
export function isTrusted(file: FileInQuestion, ports: ConfigPorts, collector: DiagnosticCollector): boolean {
  if (ports.effectiveUid !== 0) return true;
  const { name, status, span } = file;
  const finding = { args: [name], ...(span && { span }) };
  if ((status.mode & WRITABLE_BY_ALL) !== 0 && !ports.allowInsecure) {
    collector.push({ code: 'XC022', ...finding });
    return false;
  }
  if ((status.mode & WRITABLE_BY_GROUP) !== 0) collector.push({ code: 'XC023', ...finding });
  if (status.uid !== 0) collector.push({ code: 'XC024', ...finding });
  return true;
}
