// The manual pages: hand-written frames (src/gen/man/*) with the rows of attributes, options and log reasons put in. Pure.
// A frame names its places by lines such as `.\" @attributes@`.

import type { CommandEntry, CommandOption } from './commands.ts';
import type { AttributeEntry, OptionEntry } from './entries.ts';
import { escapeText, prose, tagged } from './troff.ts';

/** Fills a frame; a place without text, or text without a place, is a fault of ours and throws. */
export function fillFrame(frame: string, texts: Readonly<Record<string, string>>): string {
  let page = frame;
  for (const [name, text] of Object.entries(texts)) {
    if (!page.includes(`@${name}@`)) throw new Error(`no place for @${name}@ in the frame`);
    page = page.replaceAll(`.\\" @${name}@`, text).replaceAll(`@${name}@`, text);
  }
  const empty = /@\w+@/.exec(page);
  if (empty !== null) throw new Error(`nothing to put into ${empty[0]}`);
  return page;
}

/** All attributes as tagged paragraphs, in the order of the table. */
export function attributeParagraphs(attributes: readonly AttributeEntry[]): string {
  return attributes.map((attribute) => tagged(headOf(attribute), bodyOf(attribute))).join('\n');
}

/** All options as tagged paragraphs. */
export function optionParagraphs(options: readonly OptionEntry[]): string {
  return options
    .map(({ name, value, summary }) => tagged(value ? `${name} ${value}` : name, prose(summary)))
    .join('\n');
}

/** All commands as tagged paragraphs, then their options, each once. */
export function commandParagraphs(commands: readonly CommandEntry[]): string {
  const paragraphs = commands.map(({ usage, summary, options }) => {
    const words = [...usage.split(' ').map(usageWord), ...options.map((option) => `[${spelling(option)}]`)];
    return `.TP\n${words.join(' ')}\n${prose(summary)}`;
  });
  const options = new Map(commands.flatMap((command) => command.options).map((option) => [option.name, option]));
  const explained = [...options.values()].map((option) => `.TP\n${spelling(option)}\n${prose(option.summary)}`);
  return [...paragraphs, '.PP\nTheir options are', ...explained].join('\n');
}

/** Operands in italics, the rest bold. */
function usageWord(word: string): string {
  const inner = `\\fI${escapeText(word.slice(1, -1))}\\fR`;
  if (word.startsWith('[')) return `[${inner}]`;
  return word.startsWith('<') ? inner : `\\fB${escapeText(word)}\\fR`;
}

function spelling({ name, alias, isSwitch }: CommandOption): string {
  const names = [alias, name].filter((each) => each !== undefined);
  const spelled = names.map((each) => `\\fB${escapeText(each.length === 1 ? `-${each}` : `--${each}`)}\\fR`);
  return `${spelled.join('|')}${isSwitch ? '' : ' \\fIvalue\\fR'}`;
}

function headOf({ name, aliases, syntax }: AttributeEntry): string {
  return `${[name, ...aliases].join(', ')} = ${syntax}`;
}

function bodyOf(attribute: AttributeEntry): string {
  return `${prose(attribute.summary)}\n.br\n${prose(attribute.manual)}\n.br\n${escapeText(factsOf(attribute))}`;
}

/** Where it may stand, how it may be set, what holds without it. */
export function factsOf({ scope, operators, inherit, otherwise, since }: AttributeEntry): string {
  const where = { service: 'In a service.', defaults: 'In defaults.', both: 'In a service or in defaults.' }[scope];
  const how = operators.length > 1 ? ` Operators: ${operators.join(' ')}.` : '';
  const inherited = scope === 'both' && inherit === 'never' ? ' Not inherited.' : '';
  const news = since.startsWith('xinetd-ts') ? ` New in ${since}.` : '';
  return `${where}${how}${inherited} Without it: ${otherwise}.${news}`;
}
