// What the generator takes from the rows: the parts that are data. Pure.

import type { AttributeRow } from '../config/attributes/row.ts';

export interface AttributeEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly scope: AttributeRow['scope'];
  readonly operators: readonly string[];
  readonly arity: AttributeRow['arity'];
  /** True where some words stand alone, whatever the arity. */
  readonly mayStandAlone: boolean;
  readonly syntax: string;
  readonly otherwise: string;
  readonly inherit: AttributeRow['inherit'];
  readonly rebind: boolean;
  readonly since: string;
  readonly summary: string;
  readonly manual: string;
  readonly actsIn: string;
}

export interface OptionEntry {
  readonly name: string;
  readonly value?: string;
  readonly summary: string;
}

/** The data of a row, without its functions, in one fixed order of keys. */
export function entryOf(row: Omit<AttributeRow, 'read' | 'write' | 'show'>): AttributeEntry {
  return {
    name: row.name,
    aliases: row.aliases ?? [],
    scope: row.scope,
    operators: row.operators,
    arity: row.arity,
    mayStandAlone: row.isAlone !== undefined,
    syntax: row.syntax,
    otherwise: row.otherwise,
    inherit: row.inherit,
    rebind: row.rebind,
    since: row.since,
    summary: row.summary,
    manual: row.manual.trim(),
    actsIn: row.actsIn,
  };
}
