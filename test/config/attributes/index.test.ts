import { describe, expect, test } from 'vitest';
import {
  ATTRIBUTES,
  FALLBACKS,
  SERVICE_ATTRIBUTES,
  attributeNames,
  findAttribute,
} from '../../../src/config/attributes/index.ts';

describe('the table of attributes', () => {
  test('has every name once', () => {
    const names = ATTRIBUTES.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('is found in any case and by alias', () => {
    expect(findAttribute('Only_From')?.name).toBe('only_from');
    expect(findAttribute('interface')?.name).toBe('bind');
    expect(findAttribute('mdns')).toBeUndefined();
  });

  test('knows which names belong where', () => {
    expect(attributeNames('defaults')).toEqual(expect.arrayContaining(['enabled', 'instances', 'interface']));
    expect(attributeNames('defaults')).not.toContain('port');
    expect(attributeNames('service')).not.toContain('enabled');
  });
});

describe.each(ATTRIBUTES)('the row of $name', (row) => {
  test('is described in words', () => {
    for (const text of [row.summary, row.manual, row.syntax, row.otherwise, row.since]) expect(text).not.toBe('');
    expect(row.summary).toMatch(/^[A-Z].*\.$/);
  });

  test('has list operations where it has list operators', () => {
    expect(row.list !== undefined).toBe(row.operators.length > 1);
  });

  test('is inherited only where defaults know it', () => {
    if (row.inherit !== 'never') expect(row.scope).toBe('both');
  });
});

describe('the fallbacks', () => {
  test('cover every attribute of a service', () => {
    expect(Object.keys(FALLBACKS)).toEqual(SERVICE_ATTRIBUTES.map(({ name }) => name));
    expect(FALLBACKS.cps).toEqual({ connections: 50, waitSeconds: 10 });
  });

  test.each(SERVICE_ATTRIBUTES)('write $name so that it can be read', (row) => {
    expect(['string', 'undefined']).toContain(typeof findAttribute(row.name)?.write(row.fallback));
  });
});
