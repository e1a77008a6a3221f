// Text → manual page markup: escaping and the few macros of man(7) we use. Pure.
// Row texts are plain prose; `name` in back quotes becomes bold.

/** Plain text made safe for troff: backslashes, leading dots and quotes, hyphens, characters beyond ASCII. */
export function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&')
    .replace(/[^\n\x20-\x7e]/gu, (character) => `\\[u${codeOf(character)}]`);
}

/** A paragraph of prose: escaped, `quoted` words bold, one source line per sentence or line. */
export function prose(text: string): string {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return escapeText(lines.join('\n')).replace(/`([^`\n]+)`/g, (_, quoted: string) => `\\fB${quoted}\\fR`);
}

/** A tagged paragraph: a bold tag, then indented text. */
export function tagged(tag: string, body: string): string {
  return `.TP\n\\fB${escapeText(tag)}\\fR\n${body}`;
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
