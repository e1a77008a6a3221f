// Rows and codes → docs/attributes.md and docs/diagnostics.md. Pure.

import type { CodeRow } from '../config/codes.ts';
import type { AttributeEntry } from './entries.ts';
import { factsOf } from './man.ts';

const NOTICE = '<!-- Made by `npm run gen` from the tables in src/config: do not edit. -->';

/** docs/attributes.md: an overview, then each attribute. */
export function attributesPage(attributes: readonly AttributeEntry[]): string {
  const rows = attributes.map(
    ({ name, scope, syntax, otherwise }) =>
      `| [\`${name}\`](#${name}) | ${scope} | ${cell(syntax)} | ${cell(otherwise)} |`,
  );
  const sections = attributes.map((attribute) => sectionOf(attribute));
  return [
    NOTICE,
    '# Attributes',
    'Each is one row of a table in `src/config/attributes/`; the last line of a section names the file that honours it.',
    ['| attribute | where | value | without it |', '|---|---|---|---|', ...rows].join('\n'),
    ...sections,
  ]
    .join('\n\n')
    .concat('\n');
}

/** docs/diagnostics.md: each code with its wording, meaning and remedy. */
export function diagnosticsPage(codes: Readonly<Record<string, CodeRow>>): string {
  const sections = Object.entries(codes)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([code, row]) => diagnosticOf(code, row));
  return [
    NOTICE,
    '# Diagnostics',
    'What `xinetd-ts -t` and the daemon say about a configuration. `%s` stands for what was found. *Reload: reject* means that a reload with such a finding changes nothing and keeps the old configuration.',
    ...sections,
  ]
    .join('\n\n')
    .concat('\n');
}

function sectionOf(attribute: AttributeEntry): string {
  const { name, aliases, syntax, summary, manual, actsIn, rebind } = attribute;
  const also = aliases.length > 0 ? ` (also ${aliases.map((alias) => `\`${alias}\``).join(', ')})` : '';
  const socket = rebind ? ' A change opens the socket anew on reload.' : '';
  return [
    `## ${name}`,
    `\`${name} = ${syntax}\`${also}`,
    summary,
    manual,
    `${factsOf(attribute)}${socket} Honoured in \`src/${actsIn}\`.`,
  ].join('\n\n');
}

function diagnosticOf(code: string, row: CodeRow): string {
  const wording = typeof row.text === 'string' ? row.text : row.log;
  return [
    `## ${code}`,
    ...(wording === undefined ? [] : [`**${row.severity}**: ${quoted(wording)}`]),
    ...(row.log !== undefined && row.log !== wording ? [`In the log: ${quoted(row.log)}`] : []),
    `${row.explanation} ${row.fix}`,
    `Reload: ${row.reload}.`,
  ].join('\n\n');
}

/** As code; line ends and runs of blanks would be lost in it. */
function quoted(text: string): string {
  return `\`${text.trim().replaceAll('`', "'").replaceAll('\n', ' ')}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
