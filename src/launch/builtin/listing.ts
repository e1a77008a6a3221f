// services and servers: what the daemon offers to this caller, and what runs for it. The text is the daemon's
// (`daemon/listing.ts`); here it is only sent, as fast as the client reads.
// differs: D82 the reference has dropped both, though distributions still ship files for them.

import { sendNow } from '../../native/binding.ts';
import type { ListingName, StreamBuiltin } from './builtin.ts';
import { openSession } from './session.ts';
import type { Next } from './session.ts';

export const SERVICES_STREAM = listingStream('services');
export const SERVERS_STREAM = listingStream('servers');

function listingStream(name: ListingName): StreamBuiltin {
  return {
    name,
    socketType: 'stream',
    isForking: true,
    serveStream: (fd, attendance) => openSession(fd, 'write', sending(fd, attendance.listing(name)), attendance),
  };
}

function sending(fd: number, text: string): () => Next {
  let rest: Uint8Array = Buffer.from(text, 'latin1');
  return () => {
    rest = rest.subarray(sendNow(fd, rest));
    return rest.length === 0 ? 'end' : 'write';
  };
}
