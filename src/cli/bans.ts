// `xinetd-ts bans`: lists, makes and ends the bans of the running daemon, through its control socket.

import { askDaemon } from './control-client.ts';
import type { Asked } from './control-client.ts';
import { EXIT_FAILURE, EXIT_NO_DAEMON, EXIT_OK } from './exit-codes.ts';

/** What the command line says. */
export interface BanOptions {
  /** Of the control socket; undefined: the usual one. */
  readonly control: string | undefined;
  readonly isJson: boolean;
}

interface ListedBan {
  readonly address: string;
  /** null: FOREVER. */
  readonly leftSeconds: number | null;
}

/** Prints every ban and what is left of it; resolves to an exit code. */
export async function listBans(options: BanOptions): Promise<number> {
  return tell(await askDaemon({ request: 'bans.list' }, options.control), options, (result) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the daemon answers to this request
    const { bans } = result as { readonly bans: readonly ListedBan[] };
    const widest = Math.max(...bans.map(({ address }) => address.length), 0);
    return bans.map(({ address, leftSeconds }) => `${address.padEnd(widest)}  ${duration(leftSeconds)}\n`).join('');
  });
}

/** Bans an address, for ever without `minutes`; resolves to an exit code. */
export async function addBan(address: string, minutes: number | undefined, options: BanOptions): Promise<number> {
  const request = { request: 'bans.add', address, ...(minutes === undefined ? {} : { minutes }) };
  return tell(await askDaemon(request, options.control), options);
}

/** Ends a ban; resolves to an exit code. */
export async function removeBan(address: string, options: BanOptions): Promise<number> {
  return tell(await askDaemon({ request: 'bans.remove', address }, options.control), options);
}

function tell(asked: Asked, options: BanOptions, show: (result: unknown) => string = () => ''): number {
  if (asked.kind === 'answered') {
    process.stdout.write(options.isJson ? `${JSON.stringify(asked.result)}\n` : show(asked.result));
    return EXIT_OK;
  }
  process.stderr.write(`${asked.error}\n`);
  return asked.kind === 'refused' ? EXIT_FAILURE : EXIT_NO_DAEMON;
}

/** `1h 5m 0s`, from the first part that is not zero. */
function duration(seconds: number | null): string {
  if (seconds === null) return 'FOREVER';
  const parts = [`${Math.floor(seconds / 3600)}h`, `${Math.floor((seconds % 3600) / 60)}m`, `${seconds % 60}s`];
  return parts.slice(seconds >= 3600 ? 0 : seconds >= 60 ? 1 : 2).join(' ');
}
