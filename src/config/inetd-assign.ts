// Assignments that the fields of an inetd.conf line stand for, with the places of those fields. Pure.

import { named } from './inetd-words.ts';
import type { Assignment, Word } from './syntax.ts';

/** A program and its whole argv. */
export function program(server: Word, argv: readonly Word[]): readonly Assignment[] {
  const [first] = argv;
  return first === undefined
    ? [assign('server', server)]
    : [assign('server', server), assign('server_args', first, argv)];
}

/** Whom a server runs as. */
export function accountOf(user: Word, group: Word | undefined): readonly Assignment[] {
  const groups = assign('groups', named('yes', user));
  return group === undefined ? [assign('user', user), groups] : [assign('user', user), assign('group', group), groups];
}

/** A limit of 0 is none. */
export function limit(name: string, value: Word | undefined, ...more: readonly string[]): readonly Assignment[] {
  if (value === undefined || Number(value.text) === 0) return [];
  return [assign(name, value, [value, ...more.map((text) => named(text, value))])];
}

/** What kind of service it is. */
export function types(field: Word, ...names: readonly string[]): Assignment {
  return assign(
    'type',
    field,
    names.map((name) => named(name, field)),
  );
}

/** An assignment as if it had been written at a field. */
export function assign(name: string, field: Word, values: readonly Word[] = [field]): Assignment {
  const { span } = field;
  return { kind: 'assignment', name: { text: name, span }, operator: '=', operatorSpan: span, values };
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
