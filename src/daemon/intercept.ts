// INTERCEPT in the running daemon: the kernel checks every packet of a server that has the socket for itself, by the program of
// policy/packet-filter.ts. Sockets that are bound here have it from the first packet on (net/open.ts); here it comes to those
// that were inherited, and follows a reload while a server has the socket.
// differs: D69.

import { localEndpoint, setFilter } from '../native/binding.ts';
import { SystemError } from '../native/system-error.ts';
import type { Premises } from './premises.ts';
import type { Equipment, ServiceInOperation } from './service.ts';

/** Sets the filter of the service as it is configured now; false, with a line in the log, when the kernel refuses. */
export function intercept(premises: Premises, { equipment, id }: ServiceInOperation, fd: number): boolean {
  const { endpoint } = equipment;
  if (endpoint === undefined) return true;
  try {
    setFilter(fd, endpoint.filterFor(localEndpoint(fd).family === 4 ? 'ipv4' : 'ipv6'));
    return true;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    premises.log('error', 'intercept', `${error.call} failed (${error.described}). service = ${id}`);
    return false;
  }
}

/** After a reload; false as above. */
export function interceptAnew(premises: Premises, operation: ServiceInOperation, before: Equipment): boolean {
  const { listener } = operation;
  const [was, is] = [before, operation.equipment].map(({ service }) => service.config.flags.includes('INTERCEPT'));
  if (was === true && is !== true) premises.log('notice', 'readjust', `Stopping interception for ${operation.id}`);
  if (listener === undefined || (was !== true && is !== true)) return true;
  return intercept(premises, operation, listener.fd);
}
