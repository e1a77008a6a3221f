// Rows for servers that were written for other super-servers: env_style. Pure.

import { ASSIGN_ONLY, attribute } from './row.ts';
import { ENV_STYLES } from './values.ts';
import type { EnvStyle } from './values.ts';
import { readFlags, writeSomeWords } from './words.ts';

const NO_STYLES: readonly EnvStyle[] = [];

export const envStyle = attribute({
  name: 'env_style',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 'some',
  read: readFlags<EnvStyle>('XC125', ENV_STYLES),
  fallback: NO_STYLES,
  inherit: 'whole',
  rebind: false,
  show: () => [],
  write: writeSomeWords,
  since: 'xinetd-ts 0.1',
  syntax: 'ucspi | socat ...',
  otherwise: 'REMOTE_HOST, REMOTE_ADDR and REMOTE_PORT, which are there in any case',
  actsIn: 'daemon/told-caller.ts',
  summary: 'Further names under which the server finds who calls, as other super-servers have them.',
  manual: `ucspi (tcpserver, s6): PROTO, TCPREMOTEIP, TCPREMOTEPORT, TCPLOCALIP, TCPLOCALPORT; on a unix socket PROTO=IPC,
IPCREMOTEEUID, IPCREMOTEEGID, IPCREMOTEPATH, IPCLOCALPATH. socat: SOCAT_PEERADDR, SOCAT_PEERPORT, SOCAT_SOCKADDR,
SOCAT_SOCKPORT. What systemd sets, REMOTE_ADDR and REMOTE_PORT, is always there. Names of hosts are not looked up for it. A server that accepts its connections itself is
told nothing.`,
});
