// Lines of inetd.conf written as entries of xinetd.conf, one text for each. Pure.
// REUSE goes, for it is always on; NAMEINARGS goes where the first argument is the program's own name.

import { SERVICE_ATTRIBUTES } from '../../config/attributes/index.ts';
import { placeOf } from '../../config/source.ts';
import type { Assignment, ServiceBlock } from '../../config/syntax.ts';

const NAME_WIDTH = 15;

/** The entry of one line, its place in a comment above it. */
export function blockText(block: ServiceBlock): string {
  const { source, start } = block.span;
  const lines = ORDER.flatMap((name) => lineOf(name, valuesOf(block, name)));
  return [`# ${source.name}:${placeOf(source, start).line}`, `service ${block.name.text}`, '{', ...lines, '}', ''].join(
    '\n',
  );
}

const ORDER = SERVICE_ATTRIBUTES.map(({ name }) => name);

function lineOf(name: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`\t${name.padEnd(NAME_WIDTH)} = ${values.join(' ')}`];
}

function valuesOf(block: ServiceBlock, name: string): readonly string[] {
  const values = wordsOf(block, name);
  if (name === 'flags') return values.filter((flag) => flag !== 'REUSE' && !(flag === 'NAMEINARGS' && isPlain(block)));
  return name === 'server_args' && isPlain(block) ? values.slice(1) : values;
}

/** Whether the program is called by its own name, as it is without arguments. */
function isPlain(block: ServiceBlock): boolean {
  const [server = ''] = wordsOf(block, 'server');
  const [first] = wordsOf(block, 'server_args');
  return first === undefined || first === server.slice(server.lastIndexOf('/') + 1);
}

function wordsOf({ assignments }: ServiceBlock, name: string): readonly string[] {
  const found = assignments.find((each: Assignment) => each.name.text === name);
  return found?.values.map(({ text }) => text) ?? [];
}
