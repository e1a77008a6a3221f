// One line of inetd.conf becomes the service entries it stands for: one, or one for each address it names.
// Pure. The assignments are those an administrator would have written, their spans point at the fields.
// Lines are checked here, because the reference words its findings differently for them (XC040 – XC059).
// differs: D19 short lines are errors instead of crashes, RPC lines are kept, `user:group` and ids are understood,
// and an internal service is called NAME-SOCKTYPE. differs: D88 so are addresses, ports, families, limits, tcpd and unix sockets.

import type { DiagnosticCode } from './codes.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import { accountOf, assign, fileName, limit, program, types } from './inetd-assign.ts';
import { pathField, pathIdentity, pathService } from './inetd-path.ts';
import {
  isSocketType,
  named,
  part,
  protocolField,
  serviceField,
  socketField,
  userFields,
  waitField,
} from './inetd-words.ts';
import type { FamilySuffix, ProtocolField, ServiceField } from './inetd-words.ts';
import type { ConfigPorts } from './ports.ts';
import type { Span } from './source.ts';
import type { Assignment, ServiceBlock, Word } from './syntax.ts';

/** What a line is read in. */
export interface LineContext {
  readonly ports: ConfigPorts;
  readonly collector: DiagnosticCollector;
  /** The addresses of lines that name none; undefined: every address. */
  readonly usualAddresses: readonly Word[] | undefined;
  /** Whether another line offers the same service over this family: then each keeps to its own. */
  readonly hasTwin: (service: string, protocol: string, family: 'ipv4' | 'ipv6') => boolean;
}

/** Internal services of which there is a stream and a dgram form. */
const TWO_FORMED: ReadonlySet<string> = new Set(['time', 'daytime', 'chargen', 'echo', 'discard']);
/** Where tcpd looks for a program without a path, if it is not beside tcpd itself. */
const DAEMON_FOLDER = '/usr/sbin';
/** What `cps` waits, in seconds, where a line limits its starts. */
const PAUSE = '10';

/** Reads a line that has at least one field; what is wrong is reported and leaves the line out. */
export function readInetdLine(line: Span, fields: readonly Word[], context: LineContext): readonly ServiceBlock[] {
  return new InetdLine(line, fields, context).read();
}

/** The parts every line has; each step returns undefined once it has reported what is wrong. */
class InetdLine {
  readonly #line: Span;
  readonly #fields: readonly Word[];
  readonly #context: LineContext;

  constructor(line: Span, fields: readonly Word[], context: LineContext) {
    this.#line = line;
    this.#fields = fields;
    this.#context = context;
  }

  read(): readonly ServiceBlock[] {
    const parts = this.#parts();
    if (parts === undefined) return [];
    const { service, protocol, server } = parts;
    this.#say('XC051', this.#line, service.name.text);
    const family = this.#family(service.name, protocol);
    const flags = [...server.flags, ...family.flags];
    const common = [
      ...parts.assignments,
      ...(flags.length === 0 ? [] : [assign('flags', server.word, flags)]),
      ...server.assignments,
      ...family.assignments,
    ];
    return this.#places(service).map((place) => this.#block(service.name, [...common, ...place]));
  }

  /** The fields from left to right, up to the first that is wrong. */
  #parts(): Parts | undefined {
    const [first] = this.#fields;
    if (first === undefined) return this.#fail('XC040');
    const path = pathField(first);
    const service = path === undefined ? serviceField(first) : pathService(path);
    const socketType = this.#socketType();
    if (socketType === undefined) return undefined;
    const protocol = path === undefined ? this.#protocol(service) : this.#pathProtocol();
    const identity = protocol && (path === undefined ? this.#identity(service, protocol) : pathIdentity(path));
    if (protocol === undefined || identity === undefined) return undefined;
    const wait = this.#wait();
    if (wait === undefined) return undefined;
    const user = this.#user();
    const server = user && this.#server(service.name, socketType);
    if (user === undefined || server === undefined) return undefined;
    const waits = server.isInternal && socketType.text === 'dgram' ? [assign('wait', named('yes', socketType))] : wait;
    const assignments = [...identity, assign('socket_type', socketType), ...waits, ...user];
    return { service, protocol, server, assignments };
  }

  #block(name: Word, assignments: readonly Assignment[]): ServiceBlock {
    return { kind: 'service', name, assignments, isComplete: true, span: this.#line, isInetd: true };
  }

  #socketType(): Word | undefined {
    const field = this.#fields[1];
    if (field === undefined) return this.#fail('XC041');
    const { type, filter } = socketField(field);
    if (!isSocketType(type)) return this.#fail('XC042', field);
    if (filter.text !== '') this.#unused(filter);
    return named(type.text.toLowerCase(), type);
  }

  #protocol({ name, versions }: ServiceField): ProtocolField | undefined {
    const field = this.#fields[2];
    if (field === undefined) return this.#fail('XC052');
    const found = protocolField(field);
    const isRpc = found.isRpc || this.#isSunRpc;
    for (const option of found.options) this.#unused(option);
    if (found.isRpc && !isVersionRange(versions.text)) return this.#fail('XC049', name);
    if (this.#context.ports.lookupProtocol(found.protocol.text) === undefined)
      return this.#fail('XC046', found.protocol);
    return { ...found, isRpc };
  }

  /** A path is of the protocol unix and of no other. */
  #pathProtocol(): ProtocolField | undefined {
    const protocol = this.#fields[2];
    if (protocol === undefined) return this.#fail('XC052');
    if (protocol.text !== 'unix') return this.#fail('XC046', protocol);
    return { isRpc: false, protocol, family: '', options: [] };
  }

  /** AIX writes program number and versions behind the arguments. */
  get #isSunRpc(): boolean {
    const field = this.#fields[1];
    return field !== undefined && socketField(field).isSunRpc;
  }

  /** A number instead of a name is a port, or a program of RPC. */
  #identity({ name, versions }: ServiceField, { isRpc, protocol }: ProtocolField): readonly Assignment[] | undefined {
    const transport = assign('protocol', protocol);
    const isNumber = /^\d+$/u.test(name.text);
    if (!isRpc) return isNumber ? [types(name, 'UNLISTED'), assign('port', name), transport] : [transport];
    const [number, range] = this.#isSunRpc ? this.#fields.slice(-2) : [isNumber ? name : undefined, versions];
    if (range === undefined || !isVersionRange(range.text)) return this.#fail('XC049', name);
    const rpc = [assign('rpc_version', range), transport];
    if (number === undefined) return [types(name, 'RPC'), ...rpc];
    return [types(name, 'RPC', 'UNLISTED'), assign('rpc_number', number), ...rpc];
  }

  #family(name: Word, { protocol, family }: ProtocolField): Family {
    const choices: Readonly<Record<FamilySuffix, Family>> = {
      '': { flags: this.#hasTwin(name, protocol, 'ipv6') ? [named('IPv4', protocol)] : [], assignments: [] },
      '4': { flags: [named('IPv4', protocol)], assignments: [] },
      '6': {
        flags: [named('IPv6', protocol)],
        assignments: this.#hasTwin(name, protocol, 'ipv4') ? [assign('v6only', named('yes', protocol))] : [],
      },
      '46': { flags: [named('IPv6', protocol)], assignments: [assign('v6only', named('no', protocol))] },
      '6only': { flags: [named('IPv6', protocol)], assignments: [assign('v6only', named('yes', protocol))] },
    };
    return choices[family];
  }

  #hasTwin(name: Word, protocol: Word, family: 'ipv4' | 'ipv6'): boolean {
    return this.#context.hasTwin(name.text, protocol.text, family);
  }

  #wait(): readonly Assignment[] | undefined {
    const field = this.#fields[3];
    if (field === undefined) return this.#fail('XC043');
    const found = waitField(field);
    if (found === undefined) this.#say('XC045', field.span, field.text);
    const limits = [
      limit('cps', found?.startsPerMinute, PAUSE),
      limit('instances', found?.children),
      limit('per_source_cps', found?.callsPerMinute),
      limit('per_source', found?.childrenPerAddress),
    ];
    return [assign('wait', named(found?.isWait === true ? 'yes' : 'no', field)), ...limits.flat()];
  }

  #user(): readonly Assignment[] | undefined {
    const field = this.#fields[4];
    if (field === undefined || this.#fields[5] === undefined) return this.#fail('XC044');
    const slash = field.text.indexOf('/');
    const account = slash === -1 ? field : part(field, 0, slash);
    if (slash !== -1) this.#unused(part(field, slash, field.text.length));
    const readings = userFields(account);
    const reading = readings.find(({ user, group }) => this.#isUser(user) && (!group || this.#isGroup(group)));
    if (reading !== undefined) return accountOf(reading.user, reading.group);
    const { user, group } = readings.find((each) => this.#isUser(each.user)) ?? readings[1] ?? { user: account };
    return group !== undefined && this.#isUser(user) ? this.#fail('XC048', group) : this.#fail('XC047', user);
  }

  #isUser({ text }: Word): boolean {
    return /^\d+$/u.test(text) || this.#context.ports.lookupUser(text) !== undefined;
  }

  #isGroup({ text }: Word): boolean {
    return /^\d+$/u.test(text) || this.#context.ports.lookupGroup(text) !== undefined;
  }

  #server(service: Word, socketType: Word): Server | undefined {
    const [word, ...rest] = this.#fields.slice(5);
    if (word === undefined) return this.#fail('XC044');
    if (word.text === 'internal') return internal(service, socketType, word);
    const argv = this.#isSunRpc ? rest.slice(0, -2) : rest;
    const isWrapped = fileName(word.text) === 'tcpd';
    if (isWrapped && argv[0] === undefined) return this.#fail('XC053', word);
    if (isWrapped && argv[0] !== undefined) return this.#wrapped(word, argv[0], argv.slice(1));
    const flags = [named('NAMEINARGS', word), named('NOLIBWRAP', word), named('REUSE', word)];
    return { word, isInternal: false, flags, assignments: program(word, argv) };
  }

  /** tcpd gives way to the program it guards: hosts.allow and hosts.deny are asked without it. */
  #wrapped(word: Word, server: Word, rest: readonly Word[]): Server {
    const { text } = server;
    const beside = `${word.text.slice(0, word.text.lastIndexOf('/'))}/${text}`;
    const isBeside = this.#context.ports.stat(beside)?.isExecutable === true;
    const path = text.startsWith('/') ? text : isBeside ? beside : `${DAEMON_FOLDER}/${text}`;
    const flags = [named('NAMEINARGS', word), named('REUSE', word)];
    const argv = [named(fileName(text), server), ...rest];
    return { word, isInternal: false, flags, assignments: program(named(path, server), argv) };
  }

  /** What each address adds to the entry; `*` adds nothing. */
  #places({ addresses = this.#context.usualAddresses }: ServiceField): readonly (readonly Assignment[])[] {
    if (addresses === undefined) return [[]];
    return addresses.map((address) => (address.text === '*' ? [] : [assign('bind', address)]));
  }

  #unused(word: Word): void {
    this.#say('XC054', word.span, word.text);
  }

  #fail(code: DiagnosticCode, field?: Word): undefined {
    this.#say(code, field?.span ?? this.#line, field?.text);
  }

  #say(code: DiagnosticCode, span: Span, arg?: string): void {
    this.#context.collector.push({ code, args: arg === undefined ? [] : [arg], span });
  }
}

interface Parts {
  readonly service: ServiceField;
  readonly protocol: ProtocolField;
  readonly server: Server;
  /** Of the fields before the server. */
  readonly assignments: readonly Assignment[];
}

interface Family {
  readonly flags: readonly Word[];
  readonly assignments: readonly Assignment[];
}

interface Server {
  readonly word: Word;
  readonly isInternal: boolean;
  readonly flags: readonly Word[];
  readonly assignments: readonly Assignment[];
}

function internal(service: Word, socketType: Word, word: Word): Server {
  const id = TWO_FORMED.has(service.text) ? [assign('id', named(`${service.text}-${socketType.text}`, service))] : [];
  return { word, isInternal: true, flags: [], assignments: [types(word, 'INTERNAL'), ...id] };
}

function isVersionRange(text: string): boolean {
  const parts = /^(\d{1,9})(?:-(\d{1,9}))?$/u.exec(text);
  return parts !== null && Number(parts[1]) <= Number(parts[2] ?? parts[1]);
}
