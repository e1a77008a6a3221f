// The effective configuration, as `-T` prints it: every service whole, with what it inherited written out.
// Pure. The text loads again to the same services; only a common log file stays in defaults, where it is one file.

import { SERVICE_ATTRIBUTES, findAttribute } from './attributes/index.ts';
import type { LoadedConfig } from './load.ts';
import type { Service } from './service.ts';

const LOG = 'log_type';

/** The configuration in force, in configuration syntax. */
export function effectiveConfiguration({ services, defaults }: Pick<LoadedConfig, 'services' | 'defaults'>): string {
  const common = defaults.values[LOG];
  const blocks = services.map((service) => blockOf(`service ${service.name}`, linesOf(service)));
  if (common?.kind === 'file') blocks.unshift(blockOf('defaults', [lineOf(LOG, common)]));
  return blocks.join('\n');
}

function blockOf(header: string, lines: readonly string[]): string {
  return [header, '{', ...lines.filter((line) => line !== ''), '}', ''].join('\n');
}

function linesOf({ config, origins }: Service): readonly string[] {
  const isCommonLog = config[LOG]?.kind === 'file' && origins[LOG]?.from === 'defaults';
  return SERVICE_ATTRIBUTES.map(({ name }) => (isCommonLog && name === LOG ? '' : lineOf(name, config[name])));
}

function lineOf(name: string, value: unknown): string {
  const words = findAttribute(name)?.write(value);
  return words === undefined ? '' : `\t${name.padEnd(NAME_WIDTH)} = ${words}`.trimEnd();
}

const NAME_WIDTH = 15;
