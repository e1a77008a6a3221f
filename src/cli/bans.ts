// `xinetd-ts bans`: lists, makes and ends the bans of the running daemon, through its control socket.

import { askDaemon } from './control-client.ts';
import { duration, tell } from './tell.ts';
import type { TellOptions } from './tell.ts';

interface ListedBan {
  readonly address: string;
  /** null: FOREVER. */
  readonly leftSeconds: number | null;
}

/** Prints every ban and what is left of it; resolves to an exit code. */
export async function listBans(options: TellOptions): Promise<number> {
  return tell(await askDaemon({ request: 'bans.list' }, options.control), options, (result) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the daemon answers to this request
    const { bans } = result as { readonly bans: readonly ListedBan[] };
    const widest = Math.max(...bans.map(({ address }) => address.length), 0);
    return bans
      .map(
        ({ address, leftSeconds }) =>
          `${address.padEnd(widest)}  ${leftSeconds === null ? 'FOREVER' : duration(leftSeconds)}\n`,
      )
      .join('');
  });
}

/** Bans an address, for ever without `minutes`; resolves to an exit code. */
export async function addBan(address: string, minutes: number | undefined, options: TellOptions): Promise<number> {
  const request = { request: 'bans.add', address, ...(minutes === undefined ? {} : { minutes }) };
  return tell(await askDaemon(request, options.control), options);
}

/** Ends a ban; resolves to an exit code. */
export async function removeBan(address: string, options: TellOptions): Promise<number> {
  return tell(await askDaemon({ request: 'bans.remove', address }, options.control), options);
}
