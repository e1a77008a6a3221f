// The real system calls behind the syslog client; apart, so that everything else here runs without the addon.

import { closeFd, openUnixDatagram, sendNow } from '../native/binding.ts';
import type { SyslogPort } from './syslog.ts';

/** A unix datagram socket of the native core. */
export const nativeSyslogPort: SyslogPort = { open: openUnixDatagram, send: sendNow, close: closeFd };
