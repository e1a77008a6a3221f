// The table of built-in services: which names exist for which socket type.
// tcpmux and the sensor are not here: they decide about other services and belong to the daemon.

import type { SocketType } from '../../config/attributes/values.ts';
import type { Builtin } from './builtin.ts';
import { CHARGEN_STREAM, chargenDatagram } from './chargen.ts';
import { DAYTIME_DATAGRAM, DAYTIME_STREAM } from './daytime.ts';
import { DISCARD_DATAGRAM, DISCARD_STREAM } from './discard.ts';
import { ECHO_DATAGRAM, ECHO_STREAM } from './echo.ts';
import { SERVERS_STREAM, SERVICES_STREAM } from './listing.ts';
import { TIME_DATAGRAM, TIME_STREAM } from './time.ts';
import { prepareZone } from './zone.ts';

const BUILTINS: readonly Builtin[] = [
  ECHO_STREAM,
  ECHO_DATAGRAM,
  DISCARD_STREAM,
  DISCARD_DATAGRAM,
  CHARGEN_STREAM,
  chargenDatagram(),
  DAYTIME_STREAM,
  DAYTIME_DATAGRAM,
  TIME_STREAM,
  TIME_DATAGRAM,
  SERVICES_STREAM,
  SERVERS_STREAM,
];

/**
 * The built-in of a service's name (not its id), in any case, and socket type. Call it at load time: daytime reads the zone
 * then.
 */
export function builtinFor(name: string, socketType: SocketType): Builtin | undefined {
  const wanted = name.toLowerCase();
  const builtin = BUILTINS.find((candidate) => candidate.name === wanted && candidate.socketType === socketType);
  if (builtin?.name === 'daytime') prepareZone();
  return builtin;
}
