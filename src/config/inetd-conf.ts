// Reads /etc/inetd.conf for `-inetd_compat`: each good line becomes the service entries it stands for (inetd-line.ts).
// Pure. Here is what lines have to do with each other: `ADDRESS:` alone on a line holds for those after it, and where
// a service has a line for each family, each keeps to its own. A missing file is no mistake.

import type { DiagnosticCollector } from './diagnostic.ts';
import { isTrusted } from './file-trust.ts';
import { readInetdLine } from './inetd-line.ts';
import { protocolField, serviceField } from './inetd-words.ts';
import { Lexer, words } from './lexer.ts';
import type { ConfigPorts } from './ports.ts';
import { sourceText, type SourceText, type Span } from './source.ts';
import type { ServiceBlock, Word } from './syntax.ts';

/** Reads the file if there is one. */
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
  const lines = linesOf(source);
  const twins = new Set(lines.flatMap(({ fields }) => offersOf(fields)));
  const hasTwin = (...offer: readonly string[]): boolean => twins.has(offer.join(' '));
  const blocks: ServiceBlock[] = [];
  let usualAddresses: readonly Word[] | undefined;
  for (const { span, fields } of lines) {
    const place = placeAlone(fields);
    if (place === undefined) blocks.push(...readInetdLine(span, fields, { ports, collector, usualAddresses, hasTwin }));
    else usualAddresses = place;
  }
  return blocks;
}

const MAX_FIELDS = 10_000;

interface InetdFields {
  readonly span: Span;
  readonly fields: readonly Word[];
}

function linesOf(source: SourceText): readonly InetdFields[] {
  const lexer = new Lexer(source);
  const lines: InetdFields[] = [];
  for (let line = lexer.line(); line !== undefined; line = lexer.line()) {
    const { start, end } = line;
    lines.push({ span: { source, start, end }, fields: words(source, start, end, MAX_FIELDS) });
  }
  return lines;
}

/** `ADDRESS:` and nothing else. */
function placeAlone(fields: readonly Word[]): readonly Word[] | undefined {
  const [first, second] = fields;
  if (first === undefined || second !== undefined || !/.:$/u.test(first.text)) return undefined;
  return serviceField(first).addresses;
}

/** The service, the protocol and the family a line offers. */
function offersOf([service, , protocol]: readonly Word[]): readonly string[] {
  if (service === undefined || protocol === undefined) return [];
  const { protocol: base, family } = protocolField(protocol);
  const name = serviceField(service).name.text;
  if (family === '46') return [];
  return [`${name} ${base.text} ${family.startsWith('6') ? 'ipv6' : 'ipv4'}`];
}
