// Which drafts become services: `enabled` and `disabled` of defaults, broken entries, and then the rules for each.
// Pure; reports XC250, XC251 and what validate.ts finds.
// differs: D7 `enabled` does not revive a service with an error. differs: D51 `-=` takes an id from a list.
// Source: spec of the reference 3.1 (end).

import { isOfType } from './complete.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Defaults, Draft } from './merge.ts';
import type { ConfigPorts } from './ports.ts';
import type { Service } from './service.ts';
import type { Span } from './source.ts';
import { Validator } from './validate.ts';

/** An entry that is not among the services, and why. */
export interface LeftOut {
  readonly name: string;
  readonly id: string;
  readonly span: Span;
  readonly why: 'disabled' | 'not-enabled' | 'error';
}

export interface Table {
  /** In the order of the configuration. */
  readonly services: readonly Service[];
  readonly leftOut: readonly LeftOut[];
}

/** Makes the table of services. */
export function buildTable(
  drafts: readonly Draft[],
  defaults: Defaults,
  world: { readonly ports: ConfigPorts; readonly push: (diagnostic: Diagnostic) => void },
): Table {
  const selection = new Selection(defaults);
  const leftOut: LeftOut[] = [];
  const omit = (draft: Draft, why: LeftOut['why']): void => {
    leftOut.push({ name: draft.name, id: idOf(draft), span: draft.span, why });
  };
  const chosen = drafts.filter((draft) => {
    const why = selection.reasonAgainst(draft);
    if (why !== undefined) omit(draft, why);
    if (why === 'not-enabled' || draft.state === 'broken') world.push(selection.farewell(draft));
    return why === undefined;
  });
  selection.reportUnknown(drafts, world.push);
  const validator = new Validator(world.ports, world.push);
  const services: Service[] = [];
  for (const draft of chosen) {
    const service = validator.validate(draft);
    if (service === undefined) omit(draft, 'error');
    else services.push(service);
  }
  return { services, leftOut };
}

function idOf({ name, values }: Draft): string {
  return values.id ?? name;
}

/** What `enabled` and `disabled` say; ids count alike in either case. */
class Selection {
  readonly #enabled: ReadonlySet<string> | undefined;
  readonly #disabled: ReadonlySet<string>;
  readonly #places: Defaults['origins'];

  constructor({ values, origins }: Defaults) {
    this.#enabled = values.enabled === undefined ? undefined : new Set(values.enabled.map(fold));
    this.#disabled = new Set((values.disabled ?? []).map(fold));
    this.#places = origins;
  }

  reasonAgainst(draft: Draft): LeftOut['why'] | undefined {
    if (draft.state === 'disabled') return 'disabled';
    if (draft.state !== 'whole') return 'error';
    const id = fold(idOf(draft));
    if (this.#enabled?.has(id) === false) return 'not-enabled';
    return this.#disabled.has(id) ? 'disabled' : undefined;
  }

  /**
   * compat: what the log says of a service that is removed. One that the reference would have brought back after a bad
   * value falls there for want of a server, if it was the server that was bad.
   */
  farewell(draft: Draft): Diagnostic {
    const isRevived = draft.isRevived || this.#enabled?.has(fold(idOf(draft))) === true;
    const { server, redirect } = draft.values;
    const isServerless = server === undefined && redirect === undefined && !isOfType(draft, 'INTERNAL');
    const code = draft.state === 'broken' && isRevived && isServerless ? 'XC208' : 'XC250';
    return { code, args: [draft.name], span: draft.span };
  }

  reportUnknown(drafts: readonly Draft[], push: (diagnostic: Diagnostic) => void): void {
    const known = new Set(drafts.map((draft) => fold(idOf(draft))));
    for (const [ids, origin] of [
      [this.#enabled, this.#places.enabled],
      [this.#disabled, this.#places.disabled],
    ] as const) {
      for (const id of ids ?? []) {
        if (!known.has(id)) push({ code: 'XC251', args: [id], ...(origin?.span && { span: origin.span }) });
      }
    }
  }
}

function fold(id: string): string {
  return id.toLowerCase();
}
