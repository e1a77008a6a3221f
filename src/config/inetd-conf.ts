// Reads /etc/inetd.conf for `-inetd_compat`: each good line becomes the service entry it stands for.
// Pure. The assignments are those an administrator would have written, their spans point at the fields.
// Lines are checked here, because the reference words its findings differently for them (XC040 – XC059).
// differs: short lines are errors instead of crashes, RPC lines are kept, `user:group` and ids are understood,
// and an internal service is called NAME-SOCKTYPE, so that stream and dgram do not share an id.

import { SOCKET_TYPES } from './attributes/values.ts';
import type { DiagnosticCode } from './codes.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import { isTrusted } from './file-trust.ts';
import { Lexer, words } from './lexer.ts';
import type { ConfigPorts } from './ports.ts';
import { sourceText, type SourceText, type Span } from './source.ts';
import type { Assignment, ServiceBlock, Word } from './syntax.ts';
import type { Line } from './tokens.ts';

/** Reads the file if there is one; a missing file is no mistake. */
export function readInetdConf(
  path: string,
  ports: ConfigPorts,
  collector: DiagnosticCollector,
): readonly ServiceBlock[] {
  const result = ports.readFile(path);
  if (!result.ok || !isTrusted({ name: path, status: result.status }, ports, collector)) return [];
  return parseInetdConf(sourceText(path, result.text), ports, collector);
}

/** Parses the text of an inetd.conf. */
export function parseInetdConf(
  source: SourceText,
  ports: ConfigPorts,
  collector: DiagnosticCollector,
): readonly ServiceBlock[] {
  const lexer = new Lexer(source);
  const blocks: ServiceBlock[] = [];
  for (let line = lexer.line(); line !== undefined; line = lexer.line()) {
    const block = new InetdLine(source, line, { ports, collector }).read();
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}

interface Surroundings {
  readonly ports: ConfigPorts;
  readonly collector: DiagnosticCollector;
}

/** Internal services of which there is a stream and a dgram form. */
const TWO_FORMED: ReadonlySet<string> = new Set(['time', 'daytime', 'chargen', 'echo']);
const EXTERNAL_FLAGS = ['NAMEINARGS', 'NOLIBWRAP', 'REUSE'];
const MAX_FIELDS = 10_000;

/** One line; each step returns undefined once it has reported what is wrong. */
class InetdLine {
  readonly #line: Span;
  readonly #fields: readonly Word[];
  readonly #ports: ConfigPorts;
  readonly #collector: DiagnosticCollector;

  constructor(source: SourceText, line: Line, { ports, collector }: Surroundings) {
    this.#line = { source, start: line.start, end: line.end };
    this.#fields = words(source, line.start, line.end, MAX_FIELDS);
    this.#ports = ports;
    this.#collector = collector;
  }

  read(): ServiceBlock | undefined {
    const [service, socketType] = this.#fields;
    if (service === undefined) return this.#fail('XC040');
    if (!this.#checkSocketType(socketType)) return undefined;
    const identity = this.#protocol(service);
    if (identity === undefined) return undefined;
    const wait = this.#wait();
    const user = wait && this.#user();
    const server = user && this.#server(identity.name, socketType);
    if (wait === undefined || user === undefined || server === undefined) return undefined;
    this.#say('XC051', this.#line, identity.name.text);
    return {
      kind: 'service',
      name: identity.name,
      assignments: [...identity.assignments, assign('socket_type', socketType), ...wait, ...user, ...server],
      isComplete: true,
      span: this.#line,
      isInetd: true,
    };
  }

  #checkSocketType(field: Word | undefined): field is Word {
    if (field === undefined) this.#say('XC041', this.#line);
    else if (SOCKET_TYPES.some((known) => known === field.text.toLowerCase())) return true;
    else this.#say('XC042', field.span, field.text);
    return false;
  }

  #protocol(service: Word): { readonly name: Word; readonly assignments: readonly Assignment[] } | undefined {
    const field = this.#fields[2];
    if (field === undefined) return this.#fail('XC052');
    const isRpc = field.text.includes('rpc');
    const protocol = isRpc ? afterSlash(field) : field;
    const version = afterSlash(service);
    if (isRpc && !isVersionRange(version.text)) return this.#fail('XC049', service);
    if (this.#ports.lookupProtocol(protocol.text) === undefined) return this.#fail('XC046', protocol);
    const assignments = [assign('protocol', protocol)];
    if (!isRpc) return { name: service, assignments };
    const rpc = [assign('type', named('RPC', field)), assign('rpc_version', version)];
    return { name: beforeSlash(service), assignments: [...rpc, ...assignments] };
  }

  #wait(): readonly Assignment[] | undefined {
    const field = this.#fields[3];
    if (field === undefined) return this.#fail('XC043');
    const text = field.text.toLowerCase();
    if (text !== 'wait' && text !== 'nowait') this.#say('XC045', field.span, field.text);
    return [assign('wait', named(text === 'wait' ? 'yes' : 'no', field))];
  }

  #user(): readonly Assignment[] | undefined {
    const field = this.#fields[4];
    if (field === undefined || this.#fields[5] === undefined) return this.#fail('XC044');
    const groups = assign('groups', named('yes', field));
    if (this.#isUser(field.text)) return [assign('user', field), groups];
    const split = /[:.]/u.exec(field.text)?.index ?? field.text.length;
    const user = part(field, 0, split);
    const group = part(field, split + 1, field.text.length);
    if (!this.#isUser(user.text)) return this.#fail('XC047', user);
    if (split >= field.text.length) return [assign('user', user), groups];
    if (!this.#isGroup(group.text)) return this.#fail('XC048', group);
    return [assign('user', user), assign('group', group), groups];
  }

  #isUser(text: string): boolean {
    return isDigits(text) || this.#ports.lookupUser(text) !== undefined;
  }

  #isGroup(text: string): boolean {
    return isDigits(text) || this.#ports.lookupGroup(text) !== undefined;
  }

  #server(service: Word, socketType: Word): readonly Assignment[] | undefined {
    const [server, ...argv] = this.#fields.slice(5);
    const [firstArgument] = argv;
    if (server === undefined) return this.#fail('XC044');
    if (server.text === 'internal') return this.#internal(service, socketType, server);
    const flags = EXTERNAL_FLAGS.map((flag) => named(flag, server));
    const external = [assign('flags', server, flags), assign('server', server)];
    return firstArgument === undefined ? external : [...external, assign('server_args', firstArgument, argv)];
  }

  #internal(service: Word, socketType: Word, server: Word): readonly Assignment[] | undefined {
    if (service.text === 'discard') return this.#fail('XC050', server);
    const type = assign('type', named('INTERNAL', server));
    if (!TWO_FORMED.has(service.text)) return [type];
    return [type, assign('id', named(`${service.text}-${socketType.text.toLowerCase()}`, service))];
  }

  #fail(code: DiagnosticCode, field?: Word): undefined {
    this.#say(code, field?.span ?? this.#line, field?.text);
  }

  #say(code: DiagnosticCode, span: Span, arg?: string): void {
    this.#collector.push({ code, args: arg === undefined ? [] : [arg], span });
  }
}

function assign(name: string, field: Word, values: readonly Word[] = [field]): Assignment {
  const { span } = field;
  return { kind: 'assignment', name: { text: name, span }, operator: '=', operatorSpan: span, values };
}

/** A word the field stands for. */
function named(text: string, { span }: Word): Word {
  return { text, span };
}

function part({ text, span }: Word, from: number, to: number): Word {
  const start = Math.min(from, text.length);
  return { text: text.slice(start, to), span: { ...span, start: span.start + start, end: span.start + to } };
}

function beforeSlash(word: Word): Word {
  const slash = word.text.indexOf('/');
  return slash === -1 ? word : part(word, 0, slash);
}

function afterSlash(word: Word): Word {
  const slash = word.text.indexOf('/');
  return part(word, slash === -1 ? word.text.length : slash + 1, word.text.length);
}

function isVersionRange(text: string): boolean {
  const parts = /^(\d{1,9})(?:-(\d{1,9}))?$/u.exec(text);
  return parts !== null && Number(parts[1]) <= Number(parts[2] ?? parts[1]);
}

function isDigits(text: string): boolean {
  return /^\d+$/u.test(text);
}
