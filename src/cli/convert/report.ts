// What a conversion to systemd's units says of itself: which units, which services have none and why, what is lost.
// Pure. The same loss of several services, such as one that stands in defaults, is said once.

import { readable } from '../../config/excerpt.ts';
import { placeOf } from '../../config/source.ts';
import type { Span } from '../../config/source.ts';
import type { LeftOut } from '../../config/table.ts';
import type { Loss } from './losses.ts';
import type { Conversion } from './units.ts';

export interface Converted {
  readonly conversions: readonly Conversion[];
  readonly leftOut: readonly LeftOut[];
  /** What holds for every unit. */
  readonly notes: readonly string[];
}

/** The report for people. */
export function reportText({ conversions, leftOut, notes }: Converted): string {
  const units = conversions.flatMap((each) => (each.kind === 'units' ? each.files.map(({ name }) => name) : []));
  const losses = conversions.flatMap((each) => (each.kind === 'units' ? each.losses : []));
  const opening = losses.filter(({ opens }) => opens);
  return [
    ...section(`${units.length} units:`, units),
    ...section('Not converted:', [...conversions.flatMap(refusalLine), ...leftOut.flatMap(leftOutLine)]),
    ...section('Lost, and callers are served whom xinetd refuses:', lossLines(opening)),
    ...section('Lost:', lossLines(losses.filter(({ opens }) => !opens))),
    ...section('In all units:', units.length === 0 ? [] : notes),
  ].join('\n');
}

/** The report for programs. */
export function reportJson({ conversions, leftOut, notes }: Converted): string {
  const refused = conversions.flatMap((each) =>
    each.kind === 'refused'
      ? [{ service: each.service.config.id, reason: each.reason, ...placeJson(each.service.span) }]
      : [],
  );
  const units = conversions.flatMap((each) => (each.kind === 'units' ? each.files : []));
  const losses = conversions.flatMap((each) =>
    each.kind === 'units' ? each.losses.map(({ span, ...loss }) => ({ ...loss, ...placeJson(span) })) : [],
  );
  const omitted = leftOut.map(({ id, why, span }) => ({ service: id, why, ...placeJson(span) }));
  return `${JSON.stringify({ units, refused, leftOut: omitted, losses, notes }, undefined, 2)}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), ''];
}

function refusalLine(conversion: Conversion): readonly string[] {
  if (conversion.kind !== 'refused') return [];
  const { service, reason } = conversion;
  return [`${readable(service.config.id)}: ${readable(reason)} (${placeText(service.span)})`];
}

function leftOutLine({ id, why, span }: LeftOut): readonly string[] {
  const reason = { disabled: 'it is disabled', 'not-enabled': 'it is not enabled', error: 'it has errors' }[why];
  return [`${readable(id)}: ${reason} (${placeText(span)})`];
}

function lossLines(losses: readonly Loss[]): readonly string[] {
  const groups = new Map<string, Loss[]>();
  for (const loss of losses) {
    const { attribute, value, reason, span } = loss;
    const key = [attribute, value, reason, span === undefined ? '' : placeText(span)].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), loss]);
  }
  return [...groups.values()].flatMap((group) => group.slice(0, 1).map((first) => lossLine(first, group)));
}

function lossLine({ attribute, value, reason, span }: Loss, group: readonly Loss[]): string {
  const services = group.map(({ service }) => readable(service)).join(', ');
  const place = span === undefined ? '' : `${placeText(span)}: `;
  return `${place}${attribute} = ${readable(value)} [${services}]: ${reason}`;
}

function placeText({ source, start }: Span): string {
  return `${readable(source.name)}:${placeOf(source, start).line}`;
}

function placeJson(span: Span | undefined): { readonly file?: string; readonly line?: number } {
  if (span === undefined) return {};
  return { file: readable(span.source.name), line: placeOf(span.source, span.start).line };
}
