// Where the daemon keeps its bans and answers questions, from the command line or as usual. Pure but for path.resolve.

import { join, resolve } from 'node:path';

/** What the command line says about one place. */
export type PlaceChoice = { readonly kind: 'usual' } | { readonly kind: 'none' } | Chosen;

interface Chosen {
  readonly kind: 'at';
  readonly path: string;
}

export interface PlaceChoices {
  /** `-statedir`, `-nostate`. */
  readonly stateFolder: PlaceChoice;
  /** `-control`, `-nocontrol`. */
  readonly controlSocket: PlaceChoice;
}

/** Absolute paths; undefined where there is no such place. */
export interface Places {
  /** The file that carries bans over a restart. */
  readonly bans: string | undefined;
  readonly control: string | undefined;
}

/** The control socket of a daemon that root runs. */
export const USUAL_CONTROL = '/run/xinetd-ts.sock';

const USUAL_STATE_FOLDER = '/var/lib/xinetd-ts';
const BANS_NAME = 'bans.json';
/** The configuration of the machine's own daemon. */
const USUAL_CONFIG = '/etc/xinetd.conf';

/**
 * The usual places are root's. The usual state folder belongs to the daemon of /etc/xinetd.conf alone: one that reads
 * another configuration must not inherit its bans.
 */
export function placesOf(choices: PlaceChoices & { readonly configPath: string }, effectiveUid: number): Places {
  const { stateFolder, controlSocket, configPath } = choices;
  const isRoot = effectiveUid === 0;
  const folder = pathOf(stateFolder, isRoot && configPath === USUAL_CONFIG ? USUAL_STATE_FOLDER : undefined);
  return {
    bans: folder === undefined ? undefined : join(folder, BANS_NAME),
    control: pathOf(controlSocket, isRoot ? USUAL_CONTROL : undefined),
  };
}

function pathOf(choice: PlaceChoice, usual: string | undefined): string | undefined {
  switch (choice.kind) {
    case 'usual':
      return usual;
    case 'none':
      return undefined;
    case 'at':
      return resolve(choice.path);
  }
}
