// Writing to a descriptor at once and whole, also into a pipe that takes less at a time.

import { writeSync } from 'node:fs';

/** Writes everything before it returns; text as UTF-8. */
export function writeWhole(fd: number, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}
