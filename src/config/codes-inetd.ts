// Diagnostics of inetd.conf: XC040 – XC059. Pure table; joined to the others in codes-syntax.ts.

import type { CodeRow } from './codes.ts';

const INETD = {
  severity: 'error',
  hasPlace: true,
  reload: 'reject',
  func: 'get_next_inet_entry',
  explanation: 'The line of inetd.conf is left out.',
} as const;

/** All rows of this file. */
export const INETD_CODES = {
  XC040: { ...INETD, log: 'inetd.conf - Invalid service name', fix: 'Begin the line with the name of a service.' },
  XC041: {
    ...INETD,
    log: 'inetd.conf - Invalid socket type',
    fix: 'Write stream, dgram, raw or seqpacket as second field.',
  },
  XC042: {
    ...INETD,
    log: 'inetd.conf - Bad socket type: %s',
    fix: 'Write stream, dgram, raw or seqpacket as second field.',
  },
  XC043: { ...INETD, log: 'inetd.conf - No value specified for wait', fix: 'Write wait or nowait as fourth field.' },
  XC044: {
    ...INETD,
    log: 'inetd.conf - No value specified for user',
    text: 'inetd.conf: the fields for user and server are missing',
    fix: 'Write the user as fifth field and the server as sixth.',
  },
  XC045: {
    ...INETD,
    log: 'inetd.conf - Bad value for wait: %s',
    reload: 'allow',
    explanation: 'The line is kept and taken as nowait, as in the reference.',
    fix: 'Write wait or nowait, if you like with a limit: nowait.40, or nowait/10/40/5.',
  },
  XC046: {
    ...INETD,
    log: 'inetd.conf - Protocol %s not in /etc/protocols',
    fix: 'Write tcp or udp as third field, tcp4 or tcp6 for one family, rpc/tcp for an RPC service.',
  },
  XC047: {
    ...INETD,
    log: 'inetd.conf - Unknown user: %s',
    fix: 'Name an existing user, "user.group" or "user:group".',
  },
  XC048: { ...INETD, log: 'inetd.conf - Unknown group: %s', fix: 'Name an existing group.' },
  XC049: {
    ...INETD,
    log: 'inetd.conf - bad rpc version numbers',
    fix: 'Write "name/version" or "name/low-high" as first field.',
  },
  XC051: {
    ...INETD,
    severity: 'debug',
    log: 'added service %s',
    text: false,
    reload: 'allow',
    explanation: 'Says which line of inetd.conf became a service.',
    fix: 'Nothing to mend.',
  },
  XC052: { ...INETD, log: 'inetd.conf - No value specified for protocol', fix: 'Write tcp or udp as third field.' },
  XC053: {
    ...INETD,
    log: 'inetd.conf - No server for %s',
    fix: 'Write the program that tcpd guards, and its arguments, behind tcpd.',
  },
  XC054: {
    ...INETD,
    severity: 'warning',
    log: 'inetd.conf - Not used: %s',
    reload: 'allow',
    explanation: 'Accept filters, buffer sizes and login classes of the BSDs have no effect here; the line is kept.',
    fix: 'Take it out.',
  },
} as const satisfies Record<string, CodeRow>;
