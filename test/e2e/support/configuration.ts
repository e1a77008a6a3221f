// Writes configuration text for the tests, and gives each service a port of its own.

export type Attributes = Readonly<Record<string, string | number | undefined>>;

let lastPort = 20_000;

/** The first of `count` ports in a row that nobody in this cell has used. */
export function freshPort(count = 1): number {
  lastPort += count;
  return lastPort - count + 1;
}

/** A service block: an unlisted nowait stream service of root unless the attributes say otherwise. */
export function service(name: string, attributes: Attributes): string {
  const usual = { type: 'UNLISTED', socket_type: 'stream', protocol: 'tcp', wait: 'no', user: 'root' };
  return block(`service ${name}`, { ...usual, ...attributes });
}

/** A built-in service under its own id. */
export function builtin(name: string, attributes: Attributes): string {
  return service(name, { type: 'INTERNAL UNLISTED', ...attributes });
}

/** A defaults block; limits are out of the way unless the attributes say otherwise. */
export function defaults(attributes: Attributes = {}): string {
  return block('defaults', { instances: 'UNLIMITED', per_source: 'UNLIMITED', cps: '10000 1', ...attributes });
}

function block(head: string, attributes: Attributes): string {
  const lines = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [`\t${name.replace(/[+-]$/, '')} ${operator(name)} ${value}\n`],
  );
  return `${head}\n{\n${lines.join('')}}\n\n`;
}

/** `only_from+` in the attributes is `only_from +=` in the file. */
function operator(name: string): string {
  return name.endsWith('+') ? '+=' : name.endsWith('-') ? '-=' : '=';
}
