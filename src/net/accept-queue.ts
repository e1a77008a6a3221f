// Who waits in the queue of a listening TCP socket: connections that nobody has accepted yet, as /proc/net tells them. They have
// a state of their own (established, or closed by the peer already) and belong to no process. Read when it matters only.

import { readFile } from 'node:fs/promises';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
const ESTABLISHED = '01';
const CLOSE_WAIT = '08';

/** The peers that wait at a port, in /proc's own spelling; none where the tables cannot be read. */
export async function waitingPeers(port: number): Promise<ReadonlySet<string>> {
  const texts = await Promise.all(TABLES.map((table) => readFile(table, 'latin1').catch(() => '')));
  return new Set(texts.flatMap((text) => peersIn(text, port)));
}

/** The same of a table's text. */
export function peersIn(table: string, port: number): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table.split('\n').flatMap((row) => {
    const [, local = '', peer = '', state = '', , , , , , inode] = row.trim().split(/\s+/);
    const isUnaccepted = inode === '0' && (state === ESTABLISHED || state === CLOSE_WAIT);
    return isUnaccepted && local.endsWith(suffix) ? [peer] : [];
  });
}
