// The abbreviation of the local time zone (`CET`, `EDT`, `UTC`), which JavaScript knows only for a few zones.
// The zone's rule is read once, from TZ or from the last line of the system's zone file; then the offset of a moment tells
// standard from summer time. Source: tzset(3), tzfile(5).

import { readFileSync } from 'node:fs';

/** One name of a zone and its offset east of Greenwich in minutes. */
export interface ZoneName {
  readonly name: string;
  readonly offsetMinutes: number;
}

const ZONE_DIRECTORY = '/usr/share/zoneinfo/';
const LOCAL_ZONE = '/etc/localtime';
const UTC: readonly ZoneName[] = [{ name: 'UTC', offsetMinutes: 0 }];
const NAME = '[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>';
const OFFSET = '[+-]?\\d{1,3}(?::\\d{2}){0,2}';
const RULE = new RegExp(`^(${NAME})(${OFFSET})(?:(${NAME})(${OFFSET})?)?(?:,|$)`);

let localNames: readonly ZoneName[] | undefined;

/** The abbreviation in force at a moment. */
export function zoneAbbreviation(now: Date): string {
  localNames ??= zoneOf(process.env['TZ']);
  return abbreviationAt(localNames, -now.getTimezoneOffset());
}

/** Reads the zone file now, so that no request has to wait for it. */
export function prepareZone(): void {
  localNames ??= zoneOf(process.env['TZ']);
}

/** The name whose offset is in force; the standard name where none fits. */
export function abbreviationAt(names: readonly ZoneName[], offsetMinutes: number): string {
  const name = names.find((candidate) => candidate.offsetMinutes === offsetMinutes) ?? names[0];
  return name?.name ?? 'UTC';
}

/** The names in a rule such as `CET-1CEST,M3.5.0,M10.5.0/3`; undefined when it is none. */
export function zoneNames(rule: string): readonly ZoneName[] | undefined {
  const match = RULE.exec(rule);
  if (match === null) return undefined;
  const [, standard, standardOffset, summer, summerOffset] = match;
  if (standard === undefined || standardOffset === undefined) return undefined;
  const first = { name: bare(standard), offsetMinutes: minutesEast(standardOffset) };
  if (summer === undefined) return [first];
  const offsetMinutes = summerOffset === undefined ? first.offsetMinutes + 60 : minutesEast(summerOffset);
  return [first, { name: bare(summer), offsetMinutes }];
}

/** The names that a value of TZ stands for; without one, those of the system. UTC where it means nothing. */
export function zoneOf(zone: string | undefined): readonly ZoneName[] {
  if (zone === '') return UTC;
  const word = zone?.startsWith(':') === true ? zone.slice(1) : zone;
  const path = word === undefined ? LOCAL_ZONE : word.startsWith('/') ? word : ZONE_DIRECTORY + word;
  return namesInFile(path) ?? (word === undefined ? undefined : zoneNames(word)) ?? UTC;
}

/** The rule is the last line of a zone file. */
function namesInFile(path: string): readonly ZoneName[] | undefined {
  try {
    const text = readFileSync(path, 'latin1').trimEnd();
    return zoneNames(text.slice(text.lastIndexOf('\n') + 1));
  } catch {
    return undefined;
  }
}

function bare(name: string): string {
  return name.startsWith('<') ? name.slice(1, -1) : name;
}

/** Rules count hours west of Greenwich. */
function minutesEast(offset: string): number {
  const [hours = '0', minutes = '0'] = offset.replace(/^[+-]/, '').split(':');
  const west = Number(hours) * 60 + Number(minutes);
  return offset.startsWith('-') ? west : west === 0 ? 0 : -west;
}
