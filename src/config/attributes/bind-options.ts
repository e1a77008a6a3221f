// Rows of how an address is bound: free_bind. Pure.

import { ASSIGN_ONLY, attribute } from './row.ts';
import { readYesNo, writeYesNo } from './words.ts';

export const freeBind = attribute({
  name: 'free_bind',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readYesNo('XC126'),
  fallback: false,
  inherit: 'whole',
  rebind: true,
  show: () => [],
  write: (value) => (value ? writeYesNo(value) : undefined),
  since: 'xinetd-ts 0.1',
  syntax: 'yes | no',
  otherwise: 'no',
  actsIn: 'net/endpoint.ts',
  summary: 'Whether the address of bind may be one that this machine does not have yet.',
  manual: `yes: the service listens at once, and is reached as soon as the address is there, at whatever time that is: for
addresses that move between machines, or come up after the daemon. no: the service is left out while the address is missing;
it is tried again after a second, then ever more rarely, at least every ten seconds.`,
});
