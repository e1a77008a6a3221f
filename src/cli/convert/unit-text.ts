// Values of systemd's unit files: quoting and escaping (systemd.syntax(7), systemd.service(5)). Pure.
// Configuration text is a byte string, and unit files are UTF-8: bytes beyond ASCII are written as escapes.

/** A unit file, by sections. */
export interface UnitFile {
  readonly name: string;
  readonly text: string;
}

/** Lines below `[Name]`. */
export interface Section {
  readonly name: string;
  readonly lines: readonly string[];
}

/** A whole file; sections without lines are left out. */
export function unitFile(name: string, origin: string, sections: readonly Section[]): UnitFile {
  const parts = sections
    .filter(({ lines }) => lines.length > 0)
    .map((section) => `[${section.name}]\n${section.lines.join('\n')}\n`);
  return { name, text: [`# ${origin}\n`, ...parts].join('\n') };
}

/** A command line: `$` and `%` are themselves. */
export function commandLine(words: readonly string[]): string {
  return words.map((word) => quoted(word.replaceAll('%', '%%').replaceAll('$', '$$$$'))).join(' ');
}

/** `NAME=value` for Environment=, where `$` is no variable. */
export function environmentWord(word: string): string {
  return quoted(word.replaceAll('%', '%%'));
}

/** Text for people, such as a description: one line, `%` is itself. */
export function plainText(text: string): string {
  return text.replaceAll('%', '%%').replace(/[^\x20-\x7e]/gu, '?');
}

/** What a unit may be called; other bytes become `_`. */
export function unitName(id: string): string {
  return id.replace(/[^A-Za-z0-9:_.-]/gu, '_').replace(/^[.-]/u, '_');
}

function quoted(word: string): string {
  if (/^[\w@%$+=:,./~-]+$/u.test(word)) return word;
  const escaped = word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replace(/[^\x20-\x7e]/gu, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${escaped}"`;
}
