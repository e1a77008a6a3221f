// A line of inetd.conf for a unix socket, as the BSDs write it: `[:USER:GROUP:MODE:]/PATH stream unix …`. Pure; reports nothing.

import { assign } from './inetd-assign.ts';
import { named, part } from './inetd-words.ts';
import type { ServiceField } from './inetd-words.ts';
import type { Assignment, Word } from './syntax.ts';

/** The first field; parts that are empty are not written. */
export interface PathField {
  readonly path: Word;
  /** The last part of the path. */
  readonly name: Word;
  readonly user: Word | undefined;
  readonly group: Word | undefined;
  readonly mode: Word | undefined;
}

const FORM = /^(?::(?<user>[^:]*):(?<group>[^:]*):(?<mode>[^:]*):)?(?<path>\/.*[^/])$/u;

/** Reads it; undefined for a service of another kind. */
export function pathField(field: Word): PathField | undefined {
  const groups = FORM.exec(field.text)?.groups;
  if (groups === undefined) return undefined;
  const { user = '', group = '', mode = '', path = '' } = groups;
  const length = field.text.length;
  const at = length - path.length;
  const stretch = (from: number, text: string): Word | undefined =>
    text === '' ? undefined : part(field, from, from + text.length);
  return {
    path: part(field, at, length),
    name: part(field, at + path.lastIndexOf('/') + 1, length),
    user: stretch(1, user),
    group: stretch(user.length + 2, group),
    mode: stretch(user.length + group.length + 3, mode),
  };
}

/** The service of a path, which has no address. */
export function pathService({ path, name }: PathField): ServiceField {
  return { addresses: [named('*', path)], name, versions: named('', path) };
}

/** What it listens on. */
export function pathIdentity({ path, user, group, mode }: PathField): readonly Assignment[] {
  return [
    assign('socket_path', path),
    ...(mode === undefined ? [] : [assign('socket_mode', mode)]),
    ...(user === undefined ? [] : [assign('socket_user', user)]),
    ...(group === undefined ? [] : [assign('socket_group', group)]),
  ];
}
