// What a reload does, told attribute by attribute: to people who ask before (`reload --dry-run`) and after.
// Pure: the services in operation and the configuration that is to replace theirs become a record.

import { SERVICE_ATTRIBUTES, findAttribute } from '../config/attributes/index.ts';
import { readable } from '../config/excerpt.ts';
import { objectionsTo, mayReload } from '../config/load.ts';
import type { LoadedConfig } from '../config/load.ts';
import { renderJson } from '../config/render.ts';
import type { DiagnosticJson } from '../config/render.ts';
import type { Service } from '../config/service.ts';
import type { ServiceConfig } from '../config/service-config.ts';
import { diffServices } from './diff.ts';

/** One attribute in configuration syntax; null where it is not set. */
export interface AttributeChange {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface ServiceChange {
  readonly id: string;
  readonly change: 'starts' | 'changes' | 'ends';
  /** The socket is replaced by another one. */
  readonly isRebound: boolean;
  readonly attributes: readonly AttributeChange[];
  /** Servers that run now. */
  readonly runningServers: number;
}

export interface ReloadReport {
  /** False: the configuration in force stays. */
  readonly isAccepted: boolean;
  /** What speaks against it. */
  readonly objections: readonly DiagnosticJson[];
  /** Everything else that was found. */
  readonly findings: readonly DiagnosticJson[];
  readonly changes: readonly ServiceChange[];
  /** Services that stay as they are. */
  readonly unchanged: number;
}

/** Where a reload begins. */
export interface InForce {
  readonly loaded: LoadedConfig | undefined;
  /** The services in operation and how many servers each has. */
  readonly running: ReadonlyMap<Service, number>;
}

/** Compares the configuration in force with another. */
export function reloadReport(next: LoadedConfig, inForce: InForce): ReloadReport {
  const objections = new Set(objectionsTo(next, inForce.loaded));
  const others = next.diagnostics.filter((diagnostic) => !objections.has(diagnostic));
  const isAccepted = mayReload(next, inForce.loaded);
  const { changes, unchanged } = isAccepted ? compare(next.services, inForce.running) : { changes: [], unchanged: 0 };
  return {
    isAccepted,
    objections: [...objections].flatMap((diagnostic) => renderJson(diagnostic) ?? []),
    findings: others.flatMap((diagnostic) => renderJson(diagnostic) ?? []).filter(isForPeople),
    changes,
    unchanged,
  };
}

function isForPeople({ severity }: DiagnosticJson): boolean {
  return severity !== 'debug' && severity !== 'info';
}

function compare(
  services: readonly Service[],
  running: InForce['running'],
): Pick<ReloadReport, 'changes' | 'unchanged'> {
  const { start, keep, drop } = diffServices([...running.keys()], services);
  const kept = keep.map(({ before, after, isRebound }): ServiceChange => ({
    id: readable(after.config.id),
    change: 'changes',
    isRebound,
    attributes: attributeChanges(before, after),
    runningServers: running.get(before) ?? 0,
  }));
  const changed = kept.filter(({ attributes, isRebound }) => isRebound || attributes.length > 0);
  const ended = drop.map((service): ServiceChange => alone(service, 'ends', running.get(service) ?? 0));
  const started = start.map((service): ServiceChange => alone(service, 'starts', 0));
  return { changes: [...changed, ...ended, ...started], unchanged: kept.length - changed.length };
}

function alone({ config }: Service, change: 'starts' | 'ends', runningServers: number): ServiceChange {
  return { id: readable(config.id), change, isRebound: false, attributes: [], runningServers };
}

function attributeChanges(before: Service, after: Service): readonly AttributeChange[] {
  return SERVICE_ATTRIBUTES.flatMap(({ name }) => {
    const [old, now] = [written(name, before), written(name, after)];
    return old === now ? [] : [{ name, before: old, after: now }];
  });
}

function written(name: keyof ServiceConfig, { config }: Service): string | null {
  const words = findAttribute(name)?.write(config[name]);
  return words === undefined ? null : readable(words);
}
