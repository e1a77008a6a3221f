// The banners of a service in the story of one connection: `banner` before any check, `banner_success` for those who are let
// in, `banner_fail` for the others. Source: spec section 6.6. differs: D76 nobody else waits, and a slow caller has to go.

import type { BannerEnd } from '../net/banner.ts';
import type { BannerText } from '../net/banner-files.ts';
import type { Connection } from '../net/connection.ts';
import type { Source } from '../policy/source.ts';
import type { Premises } from './premises.ts';
import type { ServiceInOperation } from './service.ts';

/** Who is at the other end of an accepted connection. */
export interface Caller {
  readonly connection: Connection;
  readonly source: Source;
  /** The peer, where it should be or is a proxy. */
  readonly via?: Source;
  /** Whom the caller called there, by the proxy's word. */
  readonly called?: Source;
  /** Sent before everything else to a caller who is let in. */
  readonly preface?: Uint8Array;
}

const FUNC = 'banner_always';

/** Sends a banner, then goes on, at once where there is none; a caller who does not take it is closed instead, and `onLost` called. */
export function greet(
  premises: Premises,
  operation: ServiceInOperation,
  caller: Caller,
  steps: { readonly banner: BannerName; readonly next: () => void; readonly onLost?: () => void },
): void {
  const { banner, next, onLost } = steps;
  const path = operation.service.config[banner];
  const preface = banner === 'banner_success' ? caller.preface : undefined;
  if (path === undefined && preface === undefined) return next();
  const { connection } = caller;
  const greeting = { fd: connection.fd, path, ...(preface === undefined ? {} : { preface }) };
  premises.banners.send(greeting, {
    onTrouble: (text) => reportTrouble(premises, operation, path ?? '', text),
    onEnd: (end) => {
      if (end === 'sent' && !operation.isRetired) return next();
      reportLoss(premises, operation, caller, end);
      connection.close();
      onLost?.();
    },
  });
}

type BannerName = 'banner' | 'banner_success' | 'banner_fail';

/** differs: D76 the reference writes `(null)` for the path of a file that cannot be read. */
function reportTrouble(
  premises: Premises,
  operation: ServiceInOperation,
  path: string,
  text: Exclude<BannerText, { kind: 'text' }>,
): void {
  const message =
    text.kind === 'missing'
      ? `service = ${operation.id}, open of banner ${path} failed`
      : `service ${operation.id}, Error ${text.reason} reading banner ${path}`;
  premises.log('error', FUNC, message);
}

function reportLoss(premises: Premises, { id }: ServiceInOperation, { source }: Caller, end: BannerEnd): void {
  if (end === 'slow') premises.log('notice', FUNC, `service ${id}, ${source.text} has not taken the banner in time`);
}
