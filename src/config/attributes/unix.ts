// Rows of a service that listens on a unix socket: socket_path, socket_mode, socket_user, socket_group. Pure.
// Which of a service's other attributes fit to it is for config/unix-rules.ts to say.

import type { Word } from '../syntax.ts';
import { ASSIGN_ONLY, FAILED, attribute } from './row.ts';
import type { Failed, ReadContext } from './row.ts';
import { readGroup, readUser } from './server.ts';
import { MOST_PATH_BYTES, first } from './words.ts';

const OWNER_ALONE = 0o600;

function readPath(words: readonly Word[], context: ReadContext): string | Failed {
  const word = first(words);
  if (/^[/@]./s.test(word.text) && word.text.length <= MOST_PATH_BYTES && !word.text.endsWith('/')) return word.text;
  context.report('XC280', [word.text], word, `an absolute path, or @name, of at most ${MOST_PATH_BYTES} bytes`);
  return FAILED;
}

function readMode(words: readonly Word[], context: ReadContext): number | Failed {
  const word = first(words);
  if (/^0?[0-7]{3}$/.test(word.text)) return Number.parseInt(word.text, 8);
  context.report('XC281', [word.text], word, 'three octal digits, such as 0660');
  return FAILED;
}

export const socketPath = attribute({
  name: 'socket_path',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readPath,
  fallback: undefined,
  inherit: 'never',
  rebind: true,
  show: (value) => (value === undefined ? [] : [`Socket path = ${value}`]),
  write: (value) => value,
  since: 'xinetd-ts 0.1',
  syntax: 'PATH | @NAME',
  otherwise: 'the service listens on a port',
  actsIn: 'net/endpoint.ts',
  summary: 'Unix socket that the service listens on, instead of a port.',
  manual: `An absolute path, or an abstract name that begins with @. The folder must exist, and should be writable for nobody
but its owner. socket_type is stream or seqpacket; type = UNLISTED, protocol and port are not needed. A file that a dead daemon has left
is replaced, one that somebody listens on is not; when the service stops the file is removed. Callers are known by user
and group, not by address: see only_from, and docs/sockets.md.`,
});

export const socketMode = attribute({
  name: 'socket_mode',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readMode,
  fallback: OWNER_ALONE,
  inherit: 'never',
  rebind: true,
  show: () => [],
  write: (value) => (value === OWNER_ALONE ? undefined : `0${value.toString(8).padStart(3, '0')}`),
  since: 'xinetd-ts 0.1',
  syntax: 'OCTAL',
  otherwise: '0600',
  actsIn: 'net/endpoint.ts',
  summary: 'Permission bits of the file of socket_path; whoever may write to it may connect.',
  manual: `Nobody can connect before the file has its mode and owner. An abstract socket has no file, so that anybody on the
machine can connect to it: only_from alone keeps them out.`,
});

export const socketUser = attribute({
  name: 'socket_user',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readUser,
  fallback: undefined,
  inherit: 'never',
  rebind: true,
  show: () => [],
  write: (value) => value?.name,
  since: 'xinetd-ts 0.1',
  syntax: 'NAME | NUMBER',
  otherwise: 'the user of the daemon',
  actsIn: 'net/endpoint.ts',
  summary: 'Owner of the file of socket_path.',
  manual: `A name of the user database, or a number.`,
});

export const socketGroup = attribute({
  name: 'socket_group',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readGroup,
  fallback: undefined,
  inherit: 'never',
  rebind: true,
  show: () => [],
  write: (value) => value?.name,
  since: 'xinetd-ts 0.1',
  syntax: 'NAME | NUMBER',
  otherwise: 'the group of the daemon',
  actsIn: 'net/endpoint.ts',
  summary: 'Group of the file of socket_path.',
  manual: `A name of the group database, or a number.`,
});
