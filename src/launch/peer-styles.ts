// Who calls, in the variables that other super-servers use, for servers that were written for them (`env_style`). Pure.
// Source: ucspi-tcp(2) and s6-ipcserver's page for unix sockets (UCSPI), socat(1) ENVIRONMENT VARIABLES.
// Variables of a name that a style uses never come from elsewhere.

import type { EnvStyle } from '../config/attributes/values.ts';
import type { InternetEnd } from '../native/socket-kinds.ts';

/** What a server may be told about its caller. */
export type StyledCaller =
  | {
      readonly kind: 'tcp' | 'other';
      readonly remote: InternetEnd;
      /** undefined where it is not known which address was called. */
      readonly local: InternetEnd | undefined;
    }
  | { readonly kind: 'unix'; readonly uid: number; readonly gid: number; readonly path: string };

interface Style {
  readonly owns: (name: string) => boolean;
  /** `NAME=value`. */
  readonly tell: (caller: StyledCaller) => readonly string[];
}

const STYLES: { readonly [name in EnvStyle]: Style } = {
  ucspi: { owns: (name) => /^(?:PROTO|(?:TCP|IPC)(?:LOCAL|REMOTE)[A-Z]+)$/.test(name), tell: tellUcspi },
  socat: { owns: (name) => name.startsWith('SOCAT_'), tell: tellSocat },
};

/** The variables for one caller. */
export function styleVariables(styles: readonly EnvStyle[], caller: StyledCaller): readonly string[] {
  return styles.flatMap((style) => STYLES[style].tell(caller));
}

/** Whether a variable may come from nowhere but a style. */
export function isOfStyle(styles: readonly EnvStyle[], name: string): boolean {
  return styles.some((style) => STYLES[style].owns(name));
}

/** Over TCP and unix sockets only; host names are not looked up. */
function tellUcspi(caller: StyledCaller): readonly string[] {
  if (caller.kind === 'unix')
    return [
      'PROTO=IPC',
      `IPCREMOTEEUID=${caller.uid}`,
      `IPCREMOTEEGID=${caller.gid}`,
      'IPCREMOTEPATH=',
      `IPCLOCALPATH=${caller.path}`,
    ];
  if (caller.kind !== 'tcp') return [];
  const { remote, local } = caller;
  const own = local === undefined ? [] : [`TCPLOCALIP=${local.plain}`, `TCPLOCALPORT=${local.port}`];
  return ['PROTO=TCP', `TCPREMOTEIP=${remote.plain}`, `TCPREMOTEPORT=${remote.port}`, ...own];
}

function tellSocat(caller: StyledCaller): readonly string[] {
  if (caller.kind === 'unix') return ['SOCAT_PEERADDR=<anon>', `SOCAT_SOCKADDR=${caller.path}`];
  const { remote, local } = caller;
  const own = local === undefined ? [] : [`SOCAT_SOCKADDR=${whole(local)}`, `SOCAT_SOCKPORT=${local.port}`];
  return [`SOCAT_PEERADDR=${whole(remote)}`, `SOCAT_PEERPORT=${remote.port}`, ...own];
}

/** IPv6 addresses in brackets with every zero, as socat writes them. */
function whole({ family, words, plain }: InternetEnd): string {
  if (family === 4) return plain;
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  return `[${groups.map((group) => group.toString(16).padStart(4, '0')).join(':')}]`;
}
