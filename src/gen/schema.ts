// Rows → grammar/attributes.json (all facts, for tools) and grammar/service.schema.json (a JSON Schema of one service
// as `name: words`, for editors and generators of configuration). Pure.

import type { AttributeEntry } from './entries.ts';

/** grammar/attributes.json. */
export function attributesJson(attributes: readonly AttributeEntry[]): string {
  return toJson({ attributes });
}

/** grammar/service.schema.json. */
export function serviceSchema(attributes: readonly AttributeEntry[]): string {
  const known = attributes.filter(({ scope }) => scope !== 'defaults');
  return toJson({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A service of xinetd.conf',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(known.flatMap(propertiesOf)),
  });
}

function propertiesOf(attribute: AttributeEntry): [string, unknown][] {
  const { name, aliases, summary, syntax } = attribute;
  const value = { description: `${summary} (${syntax})`, ...typeOf(attribute) };
  return [name, ...aliases].map((key) => [key, value]);
}

function typeOf({ arity, mayStandAlone }: AttributeEntry): object {
  const words = { type: 'array', items: { type: 'string' } };
  if (arity === 1) return { type: 'string' };
  if (arity === 2) return { ...words, minItems: mayStandAlone ? 1 : 2, maxItems: 2 };
  return arity === 'some' ? { ...words, minItems: 1 } : words;
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
