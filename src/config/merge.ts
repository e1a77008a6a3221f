// Blocks become values: each assignment is checked and read by its row, then what `defaults` say is inherited.
// Pure; reports XC100 – XC189. Nobody else inherits anything.
// Order of the checks: known? already set? operator? number of values? and only then the value itself.
// differs: D3 defaults apply wherever they stand. differs: D7 an error is final, nothing brings the service back.
// Source: spec of the reference 2.4 – 2.6, 3.2.

import { ATTRIBUTES, FALLBACKS, attributeNames, findAttribute } from './attributes/index.ts';
import type { DefaultsConfig, ServiceConfig } from './attributes/index.ts';
import { FAILED } from './attributes/row.ts';
import type { AttributeRow, ReadContext } from './attributes/row.ts';
import type { DiagnosticCode } from './codes.ts';
import type { Diagnostic } from './diagnostic.ts';
import { nearest } from './nearest.ts';
import type { ConfigPorts } from './ports.ts';
import type { Origin } from './service.ts';
import type { Span } from './source.ts';
import type { Assignment, DefaultsBlock, ServiceBlock, Word } from './syntax.ts';

/** Values as they are collected; a key is there when somebody wrote it. */
export type Values = { -readonly [Name in keyof ServiceConfig]?: ServiceConfig[Name] };
export type Origins = { -readonly [Name in keyof ServiceConfig]?: Origin };

/** A service with its values merged, not yet completed or checked. */
export interface Draft {
  readonly name: string;
  readonly values: Values;
  readonly origins: Origins;
  readonly span: Span;
  readonly isInetd: boolean;
  /**
   * `broken`: a value was bad. `disabled`: `disable = yes`, or an entry a syntax error broke off; both are left out
   * without a word.
   */
  readonly state: 'whole' | 'broken' | 'disabled' | 'incomplete';
  /** `disable = no` stands after a bad value: the reference would bring the service back. */
  readonly isRevived: boolean;
}

/** All `defaults` blocks together. */
export interface Defaults {
  readonly values: DefaultsConfig;
  readonly origins: { readonly [Name in keyof DefaultsConfig]?: Origin };
  /** True when a value was bad: the reference would exit. */
  readonly isFatal: boolean;
}

/** What came of one block: its service, if it is one, and its findings. */
export interface MergedBlock {
  readonly block: ServiceBlock | DefaultsBlock;
  readonly draft?: Draft;
  readonly diagnostics: readonly Diagnostic[];
  /** Mistakes after the syntax error that broke the block off. */
  readonly asides?: readonly Diagnostic[];
}

export interface Merged {
  readonly blocks: readonly MergedBlock[];
  readonly defaults: Defaults;
}

/** Merges all blocks of a configuration; the result keeps their order. */
export function mergeBlocks(blocks: readonly (ServiceBlock | DefaultsBlock)[], ports: ConfigPorts): Merged {
  const common = new BlockReader(ports, undefined, false);
  const findings = new Map<DefaultsBlock, readonly Diagnostic[]>();
  for (const block of blocks) if (block.kind === 'defaults') findings.set(block, common.read(block.assignments));
  const defaults: Defaults = { values: common.values, origins: common.origins, isFatal: common.isBroken };
  const legacy = legacyOf(defaults);
  const merged = blocks.map((block) =>
    block.kind === 'defaults'
      ? { block, diagnostics: findings.get(block) ?? [] }
      : mergeService(block, defaults, legacy, ports),
  );
  return { blocks: merged, defaults };
}

function mergeService(block: ServiceBlock, defaults: Defaults, legacy: Legacy, ports: ConfigPorts): MergedBlock {
  const reader = new BlockReader(ports, block.name.text, block.isInetd === true, defaults);
  const diagnostics = reader.read(block.assignments);
  const { values, origins } = reader;
  inherit(values, origins, legacy);
  const state = reader.isDisabled
    ? 'disabled'
    : !block.isComplete
      ? 'incomplete'
      : reader.isBroken
        ? 'broken'
        : 'whole';
  const { isInetd, isRevived } = reader;
  const draft: Draft = { name: block.name.text, values, origins, span: block.name.span, isInetd, state, isRevived };
  return { block, draft, diagnostics, asides: asidesOf(block, ports) };
}

/** Read as if by themselves, so that they change nothing. */
function asidesOf({ name, unheard }: ServiceBlock, ports: ConfigPorts): readonly Diagnostic[] {
  if (unheard === undefined) return [];
  const found = new BlockReader(ports, name.text, false).read(unheard);
  return found.filter(({ code }) => code !== 'XC106').map((diagnostic) => ({ ...diagnostic, isAside: true }));
}

const INHERITED = ATTRIBUTES.filter((row) => row.inherit !== 'never');

/** What `defaults` have for services that say nothing themselves. */
type Legacy = readonly { readonly name: string; readonly value: unknown; readonly place: Origin }[];

function legacyOf(defaults: Defaults): Legacy {
  const common: Readonly<Record<string, unknown>> = defaults.values;
  const places: Readonly<Record<string, Origin>> = defaults.origins;
  return INHERITED.flatMap(({ name }) => {
    const place = places[name];
    return place === undefined ? [] : { name, value: common[name], place };
  });
}

function inherit(values: Record<string, unknown>, origins: Record<string, Origin>, legacy: Legacy): void {
  for (const { name, value, place } of legacy) {
    if (origins[name] !== undefined) continue;
    values[name] = value;
    origins[name] = place;
  }
}

/** Reads the assignments of one service, or of all defaults blocks one after the other. */
class BlockReader implements ReadContext {
  readonly ports: ConfigPorts;
  readonly isInetd: boolean;
  readonly values: Record<string, unknown> = {};
  readonly origins: Record<string, Origin> = {};
  isBroken = false;
  isDisabled = false;
  isRevived = false;
  readonly #service: string | undefined;
  readonly #defaults: Defaults | undefined;
  #diagnostics: Diagnostic[] = [];
  #assignment: Assignment | undefined;

  constructor(ports: ConfigPorts, service: string | undefined, isInetd: boolean, defaults?: Defaults) {
    this.ports = ports;
    this.isInetd = isInetd;
    this.#service = service;
    this.#defaults = defaults;
  }

  read(assignments: readonly Assignment[]): readonly Diagnostic[] {
    this.#diagnostics = [];
    for (const assignment of assignments) {
      this.#assignment = assignment;
      const row = this.#lookUp(assignment.name);
      if (row === undefined) continue;
      const isSet = this.#isPossible(row, assignment) && this.#assign(row, assignment);
      this.isDisabled = row.name === SWITCH && (this.values[SWITCH] === true || (this.isBroken && !isSet));
      if (this.isDisabled) break;
      this.isRevived ||= row.name === SWITCH && this.isBroken;
    }
    return this.#diagnostics;
  }

  report(code: DiagnosticCode, args: readonly (string | number)[], word?: Word, hint?: string): void {
    const span = (word === undefined || word.text === '' ? undefined : word.span) ?? this.#assignment?.name.span;
    this.#diagnostics.push({ code, args, ...(span && { span }), ...(hint !== undefined && { hint }) });
  }

  get operator(): Assignment['operator'] {
    return this.#assignment?.operator ?? '=';
  }

  get #scope(): 'service' | 'defaults' {
    return this.#service === undefined ? 'defaults' : 'service';
  }

  #lookUp(name: Word): AttributeRow | undefined {
    const row = findAttribute(name.text);
    if (row !== undefined && (row.scope === 'both' || row.scope === this.#scope)) return row;
    const hint = row === undefined ? this.#didYouMean(name.text) : `it belongs into ${PLACES[row.scope]}`;
    this.report(this.#service === undefined ? 'XC101' : 'XC100', [name.text], name, hint);
    return undefined;
  }

  #didYouMean(name: string): string | undefined {
    const near = nearest(name, attributeNames(this.#scope));
    return near === undefined ? undefined : `did you mean "${near}"?`;
  }

  #isPossible(row: AttributeRow, { name, operator, operatorSpan, values }: Assignment): boolean {
    const service = this.#service ?? '(null)';
    if (row.list === undefined && this.origins[row.name]?.from !== undefined) {
      if (this.#service === undefined && row.repeatRefused !== undefined) this.#fail(row.repeatRefused);
      else this.report('XC102', [service, name.text], name);
      return false;
    }
    const operators = (this.#service === undefined ? row.operatorsInDefaults : undefined) ?? row.operators;
    if (!operators.includes(operator)) {
      this.report('XC103', [service, operator, name.text], { text: operator, span: operatorSpan }, 'write "="');
      return false;
    }
    return this.#isRightCount(row, values);
  }

  #isRightCount(row: AttributeRow, values: readonly Word[]): boolean {
    const name = this.#assignment?.name.text ?? row.name;
    const arity = row.isAlone?.(values[0]?.text ?? '') === true ? 1 : row.arity;
    if (typeof arity === 'number' && values.length !== arity) {
      const extra = values[arity];
      const hint = extra?.text.startsWith('#') === true ? 'a comment needs a line of its own' : undefined;
      this.report('XC104', [name, arity, values.length], extra, hint ?? `write "${row.name} = ${row.syntax}"`);
      return false;
    }
    if (row.arity !== 'some' || values.length > 0) return true;
    this.#fail('XC105', [name]);
    return false;
  }

  /** True where the value was good and is now set. */
  #assign(row: AttributeRow, { name, operator, values }: Assignment): boolean {
    if (operator === '-=' && row.removeRefused !== undefined) {
      this.#fail(row.removeRefused);
      return false;
    }
    const value = row.read(values, this);
    if (value === FAILED) {
      this.#fail();
      return false;
    }
    this.values[row.name] = row.list === undefined ? value : this.#combine(row, operator, value);
    this.origins[row.name] = { from: this.#scope, span: name.span };
    return true;
  }

  /** compat: in defaults `=` adds, so that several blocks accumulate. */
  #combine(row: AttributeRow, operator: Assignment['operator'], value: unknown): unknown {
    if (operator === '=' && this.#service !== undefined) return row.list?.add(undefined, value);
    const base = this.origins[row.name] === undefined ? this.#inherited(row) : this.values[row.name];
    return operator === '-=' ? row.list?.remove?.(base, value) : row.list?.add(base, value);
  }

  #inherited(row: AttributeRow): unknown {
    const common: Readonly<Record<string, unknown>> = this.#defaults?.values ?? {};
    return row.inherit === 'base' ? common[row.name] : undefined;
  }

  /** A bad value: the service is lost, or the daemon where it stands in defaults. */
  #fail(code?: DiagnosticCode, args: readonly (string | number)[] = []): void {
    if (code !== undefined) this.report(code, args);
    this.isBroken = true;
    if (this.#service === undefined) this.report('XC107', []);
    else this.report('XC106', [this.#assignment?.name.text ?? '']);
  }
}

/** The attribute that ends the examination of an entry. */
const SWITCH: keyof ServiceConfig = 'disable';

const PLACES = { service: 'a service', defaults: 'the defaults block', both: 'either' } as const;

/** Every value of a finished service: what was written, and the fallbacks of the rest. */
export function wholeConfig(values: Values): ServiceConfig {
  return { ...FALLBACKS, ...values };
}
