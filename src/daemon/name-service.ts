// Users and groups by way of NSS, for loading: a service that fails (a directory server that is down, EIO) knows nobody, as it is for
// xinetd, and does not end the daemon. What is then unknown is reported by whoever asked.

import type { UserRecord } from '../config/ports.ts';
import { SystemError } from '../native/system-error.ts';

/** The functions of `native/binding.ts` that are needed. */
export interface NameService {
  readonly lookupUser: (nameOrUid: string | number) => UserRecord | undefined;
  readonly lookupGroup: (nameOrGid: string | number) => { readonly name: string; readonly gid: number } | undefined;
  readonly groupList: (user: string, gid: number) => readonly number[];
  readonly strerror: (errno: number) => string;
}

/** The same without SystemError; of a user's groups the first one stays. */
export function unfailing(names: NameService): NameService {
  return {
    lookupUser: (nameOrUid) => otherwise(undefined, () => names.lookupUser(nameOrUid)),
    lookupGroup: (nameOrGid) => otherwise(undefined, () => names.lookupGroup(nameOrGid)),
    groupList: (user, gid) => otherwise([gid], () => names.groupList(user, gid)),
    strerror: names.strerror,
  };
}

function otherwise<Answer>(none: Answer, ask: () => Answer): Answer {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return none;
  }
}
