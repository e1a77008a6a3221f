// `xinetd-ts explain SERVICE ADDRESS`: would this caller be served, and why; from the files, and where a daemon runs with
// the same configuration, from what it says of its limits and bans.
// `xinetd-ts explain XC012` or `explain per_source`: the row of a finding or an attribute.
// Exit status: 0 allowed (or explained), 1 denied, 2 no such service, address, time, code or attribute, 3 no daemon answers
// at the socket that was named.

import { attributeNames, findAttribute } from '../config/attributes/index.ts';
import { CODES, codeRow } from '../config/codes.ts';
import type { DiagnosticCode } from '../config/codes.ts';
import { excerpt, readable } from '../config/excerpt.ts';
import { parseTime } from '../config/expectations.ts';
import type { LoadedConfig } from '../config/load.ts';
import { nearest } from '../config/nearest.ts';
import type { Service } from '../config/service.ts';
import { placeOf } from '../config/source.ts';
import type { Span } from '../config/source.ts';
import { systemPorts } from '../daemon/boot.ts';
import { localMinuteNow } from '../daemon/clock.ts';
import { explainAccess } from '../daemon/explain.ts';
import type { AccessAnswer } from '../daemon/explain.ts';
import type { LiveFacts } from '../daemon/explain-request.ts';
import { hostsTablesNow } from '../daemon/hosts-now.ts';
import { plainAddress, plainCaller } from '../daemon/plain-address.ts';
import { EXIT_DENIED, EXIT_NO_DAEMON, EXIT_OK, EXIT_USAGE } from './exit-codes.ts';
import { liveFacts } from './live-facts.ts';
import type { DaemonChoice } from './live-facts.ts';
import { loadNamed } from './test-config.ts';

/** What the command says, on standard output or, as a complaint, on standard error. */
export interface Said {
  readonly code: number;
  readonly text: string;
  readonly isComplaint: boolean;
}

export interface ExplainOptions {
  readonly configPath: string;
  /** The caller's name, taken as confirmed. */
  readonly name: string | undefined;
  /** The proxy through which the caller comes. */
  readonly via: string | undefined;
  /** `HH:MM`; now where it is missing. */
  readonly at: string | undefined;
  readonly isJson: boolean;
  /** Read /etc/inetd.conf too. */
  readonly isInetdCompatible: boolean;
  readonly daemon: DaemonChoice;
  /** Where hosts.allow and hosts.deny are; for tests. */
  readonly etc?: string;
}

/** Explains what happens to a caller of a service. */
export async function explainCaller(word: string, address: string, options: ExplainOptions): Promise<Said> {
  const minute = options.at === undefined ? localMinuteNow() : parseTime(options.at);
  if (minute === undefined) return complain(`not a time of day, such as 03:00: ${options.at}`);
  const loaded = loadNamed(options.configPath, options.isInetdCompatible);
  const service = serviceNamed(loaded, word);
  if (service === undefined) return complain(whyMissing(loaded, word));
  const mismatch = whyUnfit(service, address);
  if (mismatch !== undefined) return complain(mismatch);
  const via = options.via === undefined ? undefined : plainAddress(options.via);
  if (options.via !== undefined && via === undefined) return complain(`not an address: ${options.via}`);
  const asked = await liveFacts(service, address, options);
  if (asked.kind === 'no-daemon') return { code: EXIT_NO_DAEMON, text: `${asked.error}\n`, isComplaint: true };
  const { live } = asked;
  const ports = systemPorts({ isInsecureAllowed: false, fallbackUser: undefined });
  const tables = hostsTablesNow(ports, options.etc);
  const answer = explainAccess(service, { address, via, hostName: options.name, minute, tables, live });
  if (answer === undefined) return complain(`not an address: ${address}`);
  const text = options.isJson ? jsonOf(service, answer, live) : textOf(service, answer, live);
  return { code: answer.isAllowed ? EXIT_OK : EXIT_DENIED, text, isComplaint: false };
}

/** Explains a code of a finding or an attribute. */
export function explainWord(word: string): Said {
  const code = word.toUpperCase();
  if (isCode(code)) return explained(codeText(code));
  const attribute = findAttribute(word);
  if (attribute !== undefined) return explained(attributeText(attribute));
  const near = nearest(word, [...Object.keys(CODES), ...attributeNames('service'), ...attributeNames('defaults')]);
  return complain(`no code or attribute: ${word}${near === undefined ? '' : ` (did you mean ${near}?)`}`);
}

/** By id, then by name, in any case. */
function serviceNamed({ services }: LoadedConfig, word: string): Service | undefined {
  const wanted = word.toLowerCase();
  return (
    services.find(({ config }) => config.id.toLowerCase() === wanted) ??
    services.find(({ name }) => name.toLowerCase() === wanted)
  );
}

/** Callers of a unix socket have no address, others no user. */
function whyUnfit({ config }: Service, caller: string): string | undefined {
  const isUnix = config.socket_path !== undefined;
  if (plainCaller(caller) === undefined)
    return `not ${isUnix ? 'a user, such as uid:1000 or uid:1000,gid:100' : 'an address'}: ${caller}`;
  if (isUnix === caller.startsWith('uid:')) return undefined;
  return `${config.id} listens on ${isUnix ? 'a unix socket: ask for uid:NUMBER' : 'a port: ask for an address'}`;
}

function whyMissing({ services, leftOut, mainFile }: LoadedConfig, word: string): string {
  if (mainFile !== 'read') return `the configuration cannot be read (${mainFile})`;
  const omitted = leftOut.find(({ id, name }) => id === word || name === word);
  if (omitted !== undefined)
    return `${placeText(omitted.span)}: service ${word} is not in operation: ${WHY[omitted.why]}`;
  const near = nearest(
    word,
    services.map(({ config }) => config.id),
  );
  return `no such service: ${word}${near === undefined ? '' : ` (did you mean ${readable(near)}?)`}`;
}

const WHY = { disabled: 'it is disabled', 'not-enabled': '"enabled" does not name it', error: 'it has errors, see -t' };

function textOf(service: Service, answer: AccessAnswer, live: LiveFacts | undefined): string {
  const { config } = service;
  const { isAllowed, address, because, rule, checks } = answer;
  const verdict = isAllowed ? 'ALLOWED' : 'DENIED';
  const where = rule === undefined ? [] : [`${placeText(rule)}:`, ...excerpt(rule)];
  const rows = checks.map(
    ({ name, isPassed, says }) => `  ${name.padEnd(NAME_WIDTH)}${isPassed ? 'passes' : 'DENIES'}  ${readable(says)}`,
  );
  return [
    `${readable(config.id)} from ${address}: ${verdict}: ${readable(because)}`,
    ...where,
    'The checks, in order (the first that denies decides):',
    ...rows,
    live === undefined
      ? 'From the files alone.'
      : `From the files and the running daemon, where the service is ${live.state}.`,
    '',
  ].join('\n');
}

const NAME_WIDTH = 16;

function jsonOf(service: Service, answerGiven: AccessAnswer, live: LiveFacts | undefined): string {
  const { config } = service;
  const { isAllowed, address, because, rule, checks } = answerGiven;
  const answer = {
    service: readable(config.id),
    address,
    verdict: isAllowed ? 'allow' : 'deny',
    because: readable(because),
    ...(rule === undefined ? {} : { rule: placeText(rule) }),
    checks: checks.map(({ name, isPassed, says }) => ({ name, passed: isPassed, says: readable(says) })),
    ...(live === undefined ? {} : { live }),
  };
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}

function isCode(word: string): word is DiagnosticCode {
  return Object.hasOwn(CODES, word);
}

function codeText(code: DiagnosticCode): string {
  const { severity, text, log, explanation, fix, reload } = codeRow(code);
  const wording = typeof text === 'string' ? text : (log ?? '');
  return [`${code} (${severity}): ${wording}`, explanation, fix, `On reload: ${reload}.`, ''].join('\n');
}

function attributeText(attribute: NonNullable<ReturnType<typeof findAttribute>>): string {
  const { name, syntax, scope, operators, otherwise, since, summary, manual, actsIn } = attribute;
  const where = { service: 'a service', defaults: 'defaults', both: 'a service or defaults' }[scope];
  return [
    `${name} = ${syntax}`,
    summary,
    manual,
    `Belongs into ${where}. Operators: ${operators.join(' ')}. Without it: ${otherwise}. Since ${since}. Honoured in src/${actsIn}.`,
    '',
  ].join('\n');
}

function placeText(span: Span): string {
  const { line, column } = placeOf(span.source, span.start);
  return `${readable(span.source.name)}:${line}:${column}`;
}

function explained(text: string): Said {
  return { code: EXIT_OK, text, isComplaint: false };
}

function complain(text: string): Said {
  return { code: EXIT_USAGE, text: `${text}\n`, isComplaint: true };
}
