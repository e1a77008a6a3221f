// What can be said about an attribute as data: one row per attribute, read by the merge, the dump, `-T`,
// the manual and the grammar files. Pure types and the helper that infers a row's value type.
// See also: index.ts (the table), values.ts (types of values), words.ts (readers).

import type { DiagnosticCode } from '../codes.ts';
import type { ConfigPorts } from '../ports.ts';
import type { AssignmentOperator, Word } from '../syntax.ts';
import type { ServiceFlag } from './values.ts';

/** What a reader answers after it has reported a bad value. */
export const FAILED: unique symbol = Symbol('failed');
export type Failed = typeof FAILED;

/** What a reader may ask of the world, and where it reports what is wrong. */
export interface ReadContext {
  readonly ports: ConfigPorts;
  /** True for a line of inetd.conf, whose server is not examined. */
  readonly isInetd: boolean;
  /** Of the assignment that is read. */
  readonly operator: AssignmentOperator;
  /** Reports a finding about `word`, or about the whole assignment where no word is given. */
  report(code: DiagnosticCode, args: readonly (string | number)[], word?: Word, hint?: string): void;
}

/** How `+=` and `-=` change a list; without `remove` the operator `-=` is a bad value. */
export interface ListOperations<Value> {
  add(base: Value | undefined, added: Value): Value;
  remove?(base: Value | undefined, removed: Value): Value;
}

/** What a row may know about its surroundings when it prints itself for the state dump. */
export interface ShowContext {
  /** True where the entry itself sets the attribute. */
  readonly isSetHere: boolean;
  /** True for the `Service defaults` block. */
  readonly isDefaults: boolean;
  readonly flags: readonly ServiceFlag[];
  /** True where the service has a log, so that the flags of the lines matter. */
  readonly isLogged: boolean;
  readonly isInternal: boolean;
  readonly isRedirected: boolean;
  readonly isRpc: boolean;
  /** The argument vector of an external server, `argv[0]` first. */
  readonly argv: readonly string[];
  /** Environment strings of the server where this entry changes them. */
  readonly environment: readonly string[] | undefined;
  /** Official host name of an address, or the address. */
  nameOf(address: string): string;
}

/**
 * How a value reaches a service from `defaults`: never; `whole` where the service does not set it;
 * `base` likewise, and as the list that `+=` and `-=` start from.
 */
export type Inheritance = 'never' | 'whole' | 'base';

/** Number of values: exactly so many, at least one, or any. */
export type Arity = 1 | 2 | 'some' | 'any';

export interface AttributeRow<Name extends string = string, Value = unknown, Fallback = unknown> {
  readonly name: Name;
  readonly aliases?: readonly string[];
  readonly scope: 'service' | 'defaults' | 'both';
  readonly operators: readonly AssignmentOperator[];
  /** Where `defaults` takes others. */
  readonly operatorsInDefaults?: readonly AssignmentOperator[];
  readonly arity: Arity;
  /** Whether a first word of this kind stands alone, whatever the arity. */
  isAlone?(text: string): boolean;
  /** Turns the words into a value, or reports and answers `FAILED`. */
  read(words: readonly Word[], context: ReadContext): Value | Failed;
  readonly list?: ListOperations<Value>;
  /** The finding for `-=` where `list.remove` is absent. */
  readonly removeRefused?: DiagnosticCode;
  /** The finding for a second setting in `defaults`, where that is worse than "already set". */
  readonly repeatRefused?: DiagnosticCode;
  /** The value nobody wrote. */
  readonly fallback: Fallback;
  readonly inherit: Inheritance;
  /** True where a change on reload needs a new socket. */
  readonly rebind: boolean;
  /** Lines of the reference's dump, without indentation. */
  show?(value: Value | Fallback, shown: ShowContext): readonly string[];
  /** The values in configuration syntax; undefined where a fallback needs no line. */
  write(value: Value | Fallback): string | undefined;
  /** xinetd version that introduced it; `xinetd-ts 0.1` for our own. */
  readonly since: string;
  /** Values as the manual shows them, e.g. `yes | no`. */
  readonly syntax: string;
  /** The default in words. */
  readonly otherwise: string;
  /** The file under `src/` that honours it. */
  readonly actsIn: string;
  readonly summary: string;
  readonly manual: string;
}

/** Declares a row; the value type is inferred from its reader, the fallback's from `fallback`. */
export function attribute<const Name extends string, Value, const Fallback>(
  row: AttributeRow<Name, Value, Fallback>,
): AttributeRow<Name, Value, Fallback> {
  return row;
}

/** The type a finished service holds for a row. */
export type ValueOf<Row> =
  Row extends AttributeRow<string, infer Value, infer Fallback>
    ? undefined extends Fallback
      ? Value | undefined
      : Value
    : never;

export const ASSIGN_ONLY: readonly AssignmentOperator[] = ['='];
export const ANY_OPERATOR: readonly AssignmentOperator[] = ['=', '+=', '-='];
