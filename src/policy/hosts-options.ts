// The options of a rule in hosts.allow or hosts.deny, checked once, when the file is read. Pure: users and groups come
// through the functions handed in. A mistake in an option denies whenever its rule matches, as in the library.
// Source: hosts_options(5).

/** One thing to do for a request, in the order of the rule. Text is expanded when the rule has matched. */
export type HostsOption =
  | { readonly kind: 'allow' }
  | { readonly kind: 'deny' }
  | { readonly kind: 'spawn'; readonly command: string }
  | { readonly kind: 'aclexec'; readonly command: string }
  | { readonly kind: 'twist'; readonly command: string }
  | { readonly kind: 'banners'; readonly directory: string }
  | { readonly kind: 'setenv'; readonly name: string; readonly value: string }
  | { readonly kind: 'umask'; readonly mask: number }
  | { readonly kind: 'nice'; readonly increment: number }
  | { readonly kind: 'ids'; readonly name: string; readonly ids: WrapperIds }
  | { readonly kind: 'linger'; readonly seconds: number }
  | { readonly kind: 'keepalive' }
  /** `severity` and `rfc931`: checked, without effect. */
  | { readonly kind: 'nothing' };

/** Undefined: unchanged. */
export interface WrapperIds {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly groups: readonly number[] | undefined;
}

/** What the machine knows of users. */
export interface IdPorts {
  readonly lookupUser: (name: string) => { readonly uid: number; readonly gid: number } | undefined;
  readonly lookupGroup: (name: string) => { readonly gid: number } | undefined;
  readonly groupList: (user: string, gid: number) => readonly number[];
}

/** The options of a rule up to the first mistake. */
export interface HostsOptions {
  readonly options: readonly HostsOption[];
  /** The library's words. */
  readonly mistake: string | undefined;
}

type Read = (value: string, ports: IdPorts) => HostsOption | string;

interface Row {
  readonly argument: 'none' | 'optional' | 'needed';
  readonly isLast?: boolean;
  readonly read: Read;
}

const ROWS: { readonly [name: string]: Row } = {
  user: { argument: 'needed', read: readUser },
  group: { argument: 'needed', read: readGroup },
  umask: { argument: 'needed', read: readUmask },
  linger: { argument: 'needed', read: readLinger },
  keepalive: { argument: 'none', read: () => ({ kind: 'keepalive' }) },
  spawn: { argument: 'needed', read: (command) => ({ kind: 'spawn', command }) },
  aclexec: { argument: 'needed', read: (command) => ({ kind: 'aclexec', command }) },
  twist: { argument: 'needed', isLast: true, read: (command) => ({ kind: 'twist', command }) },
  rfc931: { argument: 'optional', read: readTimeout },
  setenv: { argument: 'needed', read: readSetting },
  nice: { argument: 'optional', read: readNice },
  severity: { argument: 'needed', read: readSeverity },
  allow: { argument: 'none', isLast: true, read: () => ({ kind: 'allow' }) },
  deny: { argument: 'none', isLast: true, read: () => ({ kind: 'deny' }) },
  banners: { argument: 'needed', read: (directory) => ({ kind: 'banners', directory }) },
};

/** Reads the third field of a rule and what follows it. */
export function readOptions(text: string, ports: IdPorts): HostsOptions {
  const options: HostsOption[] = [];
  const fields = fieldsOf(text);
  for (const [index, field] of fields.entries()) {
    const read = readOption(field, index === fields.length - 1, ports);
    if (typeof read === 'string') return { options, mistake: read };
    options.push(read);
  }
  return { options, mistake: undefined };
}

/** Fields end at colons; `\:` is a colon inside one. */
function fieldsOf(text: string): readonly string[] {
  return text.split(/(?<!\\):/).map((field) => field.replaceAll('\\:', ':'));
}

function readOption(field: string, isLast: boolean, ports: IdPorts): HostsOption | string {
  const [, name = '', value = ''] = /^([^= \t\r\n]*)[ \t\r\n]*=?[ \t\r\n]*(.*)$/s.exec(trim(field)) ?? [];
  if (name === '') return 'missing option name';
  const key = name.toLowerCase();
  const row = Object.hasOwn(ROWS, key) ? ROWS[key] : undefined;
  if (row === undefined) return `bad option name: "${name}"`;
  if (value === '' && row.argument === 'needed') return `option "${name}" requires value`;
  if (value !== '' && row.argument === 'none') return `option "${name}" requires no value`;
  if (!isLast && row.isLast === true) return `option "${name}" must be at end`;
  return row.read(value, ports);
}

function readUser(value: string, ports: IdPorts): HostsOption | string {
  const [, name = '', group] = /^([^.]*)(?:\.(.*))?$/s.exec(value) ?? [];
  const gid = group === undefined ? undefined : ports.lookupGroup(group)?.gid;
  if (group !== undefined && gid === undefined) return `unknown group: "${group}"`;
  const user = ports.lookupUser(name);
  if (user === undefined) return `unknown user: "${name}"`;
  const groups = gid === undefined ? ports.groupList(name, user.gid) : [gid];
  return { kind: 'ids', name, ids: { uid: user.uid, gid: gid ?? user.gid, groups } };
}

function readGroup(value: string, ports: IdPorts): HostsOption | string {
  const gid = ports.lookupGroup(value)?.gid;
  if (gid === undefined) return `unknown group: "${value}"`;
  return { kind: 'ids', name: value, ids: { uid: undefined, gid, groups: [gid] } };
}

function readUmask(value: string): HostsOption | string {
  const mask = /^\+?[0-7]+$/.test(value) ? Number.parseInt(value, 8) : Infinity;
  return mask <= 0o777 ? { kind: 'umask', mask } : `bad umask value: "${value}"`;
}

function readLinger(value: string): HostsOption | string {
  const seconds = numberIn(value);
  return seconds === undefined || seconds < 0 ? `bad linger value: "${value}"` : { kind: 'linger', seconds };
}

function readNice(value: string): HostsOption | string {
  const increment = value === '' ? 10 : numberIn(value);
  return increment === undefined ? `bad nice value: "${value}"` : { kind: 'nice', increment };
}

function readTimeout(value: string): HostsOption | string {
  const seconds = value === '' ? 10 : numberIn(value);
  return seconds === undefined || seconds <= 0 ? `bad rfc931 timeout: "${value}"` : { kind: 'nothing' };
}

function readSetting(value: string): HostsOption {
  const [, name = '', rest = ''] = /^(\S*)\s?(.*)$/s.exec(value) ?? [];
  return { kind: 'setenv', name, value: rest };
}

const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
const FACILITIES = ['kern', 'user', 'mail', 'daemon', 'auth', 'lpr', 'news', 'uucp', 'cron'];

function readSeverity(value: string): HostsOption | string {
  const [, facility, level = ''] = /^(?:([^.]*)\.)?(.*)$/s.exec(value.toLowerCase()) ?? [];
  const isFacility = facility === undefined || FACILITIES.includes(facility) || /^local[0-7]$/.test(facility);
  if (!isFacility) return `bad syslog facility or severity: "${facility}"`;
  return LEVELS.includes(level) ? { kind: 'nothing' } : `bad syslog facility or severity: "${level}"`;
}

/** As sscanf(3) reads a whole `%d`. */
function numberIn(text: string): number | undefined {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
  return Math.abs(number) < 2 ** 31 ? number : undefined;
}

/** What isspace(3) strips. */
function trim(text: string): string {
  return text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');
}
