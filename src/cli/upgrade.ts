// `xinetd-ts upgrade`: has the running daemon replaced by the program that lies in its place now. The new one tests the
// configuration first. Exit status: 0 replaced, 1 not (the daemon goes on as it was), 3 no daemon, or one that has ended.

import { askDaemon } from './control-client.ts';
import { tell } from './tell.ts';
import type { TellOptions } from './tell.ts';

/** The test of the configuration has a minute, and the change itself some seconds. */
const PATIENCE_MS = 90_000;

interface Upgraded {
  readonly before: string;
  readonly version: string;
  readonly runningServers: number;
}

/** Asks, waits and prints; resolves to an exit code. */
export async function upgrade(options: TellOptions): Promise<number> {
  const asked = await askDaemon({ request: 'upgrade' }, options.control, PATIENCE_MS);
  return tell(asked, options, (result) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the daemon answers to this request
    const { before, version, runningServers } = result as Upgraded;
    return `upgraded from ${before} to ${version}, ${runningServers} running server(s) kept\n`;
  });
}
