// Text from outside, safe to stand in a log line: no newline to forge a line with, no escape for a terminal. Pure.

/** Control bytes and every byte from 0x7f on become `\xNN`. */
export function harmless(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, escaped);
}

/** Control bytes become `\xNN`; other bytes stay, since paths and names may hold them (the daemon's own messages). */
export function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control bytes are what it looks for
  return text.replace(/[\x00-\x1f\x7f]/gu, escaped);
}

function escaped(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
