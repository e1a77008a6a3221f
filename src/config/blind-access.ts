// Rules about callers that the daemon never sees, for the server has the socket itself. Pure; reports XC240.
// differs: D67, the reference says nothing.

import { hasFlag } from './complete.ts';
import type { Examination } from './complete.ts';
import type { Draft } from './merge.ts';
import { isUnix } from './unix-rules.ts';

/** Warns about only_from and no_access that nobody will look at. */
export function checkBlindAccess({ draft, report }: Examination): boolean {
  const { values, origins } = draft;
  const isHandedOver = values.wait === true || hasSocketItself(draft);
  const isBlind = isHandedOver && values.socket_type !== 'dgram' && !hasFlag(draft, 'INTERCEPT');
  const isWritten = origins.only_from !== undefined || origins.no_access !== undefined;
  if (isBlind && isWritten) report('XC240', [draft.name], 'wait');
  return true;
}

/** What nobody can accept for the server: it gets the socket whatever `wait` says. */
function hasSocketItself(draft: Draft): boolean {
  const { socket_type } = draft.values;
  return socket_type === 'raw' || (socket_type === 'seqpacket' && !isUnix(draft));
}
