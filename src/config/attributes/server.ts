// Rows of the server process: user, group, groups, server, server_args, env, passenv, umask, nice, redirect and the
// resource limits. Users, groups and the server file are looked up at load time. Pure.

import type { Word } from '../syntax.ts';
import { isUnixTarget, readRedirect, writeRedirect } from './endpoint-words.ts';
import { ANY_OPERATOR, ASSIGN_ONLY, FAILED, attribute } from './row.ts';
import type { Failed, ReadContext } from './row.ts';
import type { GroupValue, UserValue } from './values.ts';
import {
  MOST_ID,
  decimal,
  first,
  readInteger,
  readUmask,
  readWords,
  readYesNo,
  wordList,
  writeSomeWords,
  writeWords,
  writeYesNo,
} from './words.ts';

const NO_WORDS: readonly string[] = [];
const INT_MAX = 2_147_483_647;

/** A user by name or number. */
export function readUser(words: readonly Word[], context: ReadContext): UserValue | Failed {
  const word = first(words);
  if (/^\d+$/.test(word.text)) {
    const uid = decimal(word.text, 0, MOST_ID);
    if (uid !== undefined) return { name: word.text, uid, gid: uid };
    context.report('XC131', [word.text], word);
    return FAILED;
  }
  const found = context.ports.lookupUser(word.text);
  if (found !== undefined) return { name: word.text, uid: found.uid, gid: found.gid };
  context.report('XC130', [word.text], word, 'the user must exist on this machine');
  return FAILED;
}

/** A group by name or number. */
export function readGroup(words: readonly Word[], context: ReadContext): GroupValue | Failed {
  const word = first(words);
  if (/^\d+$/.test(word.text)) {
    const gid = decimal(word.text, 0, MOST_ID);
    if (gid !== undefined) return { name: word.text, gid };
    context.report('XC133', [word.text], word);
    return FAILED;
  }
  const found = context.ports.lookupGroup(word.text);
  if (found !== undefined) return { name: word.text, gid: found.gid };
  context.report('XC132', [word.text], word);
  return FAILED;
}

/** differs: D50 the path must be absolute and lead to a file; the reference would fail at every connection. */
function readServer(words: readonly Word[], context: ReadContext): string | Failed {
  const word = first(words);
  if (context.isInetd) return word.text;
  const status = word.text.startsWith('/') ? context.ports.stat(word.text) : undefined;
  if (status !== undefined && status.kind === 'file' && status.isExecutable) return word.text;
  const hint = word.text.startsWith('/')
    ? status === undefined
      ? 'there is no such file'
      : status.kind === 'file'
        ? 'the file is not executable'
        : 'that is not a file'
    : 'the path must begin with /';
  context.report('XC136', [word.text], word, hint);
  return FAILED;
}

function readEnvironment(words: readonly Word[], context: ReadContext): readonly string[] | Failed {
  for (const word of words) {
    if (word.text.includes('=')) continue;
    context.report('XC137', [word.text], word, 'write NAME=value without blanks; a value cannot hold a blank');
    return FAILED;
  }
  return words.map((word) => word.text);
}

function readPassed(words: readonly Word[], context: ReadContext): readonly string[] {
  if (context.operator === '-=') return words.map((word) => word.text);
  const isDefined = (word: Word): boolean => context.ports.environment.some((line) => line.startsWith(`${word.text}=`));
  for (const word of words) if (!isDefined(word)) context.report('XC138', [word.text], word);
  return words.filter(isDefined).map((word) => word.text);
}

export const user = attribute({
  name: 'user',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readUser,
  fallback: undefined,
  inherit: 'never',
  rebind: false,
  show: (value) => (value === undefined ? [] : [`user = ${value.uid}`]),
  write: (value) => value?.name,
  since: '2.1',
  syntax: 'NAME | NUMBER',
  otherwise: 'must be given where the daemon is root',
  actsIn: 'launch/plan.ts',
  summary: 'User the server runs as.',
  manual: `A name of the user database, or a number, which is not looked up and also serves as the group. A daemon that is not
root can only run servers as itself.`,
});

export const group = attribute({
  name: 'group',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readGroup,
  fallback: undefined,
  inherit: 'never',
  rebind: false,
  show: (value) => (value === undefined ? [] : [`group = ${value.gid}`]),
  write: (value) => value?.name,
  since: '2.1',
  syntax: 'NAME | NUMBER',
  otherwise: "the user's own group",
  actsIn: 'launch/plan.ts',
  summary: 'Group the server runs as.',
  manual: `A name of the group database, or a number. It has no effect where the daemon is not root.`,
});

export const groups = attribute({
  name: 'groups',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readYesNo('XC134'),
  fallback: false,
  inherit: 'whole',
  rebind: false,
  show: (value, shown) => (shown.isDefaults && !shown.isSetHere ? [] : [`Groups = ${value ? 'yes' : 'no'}`]),
  write: writeYesNo,
  since: '2.1',
  syntax: 'yes | no',
  otherwise: 'no',
  actsIn: 'launch/plan.ts',
  summary: "Whether the server gets its user's supplementary groups.",
  manual: `no: the server has no groups but its own. yes: it has those the group database gives its user.`,
});

export const server = attribute({
  name: 'server',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readServer,
  fallback: undefined,
  inherit: 'never',
  rebind: false,
  show: (value, shown) => (value === undefined || shown.isInternal || shown.isRedirected ? [] : [`Server = ${value}`]),
  write: (value) => value,
  since: '2.1',
  syntax: 'PATH',
  otherwise: 'must be given for external services',
  actsIn: 'launch/plan.ts',
  summary: 'Program to run.',
  manual: `An absolute path; it must lead to an executable file when the configuration is read. Arguments go to server_args.`,
});

export const serverArgs = attribute({
  name: 'server_args',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 'some',
  read: readWords,
  fallback: NO_WORDS,
  inherit: 'never',
  rebind: false,
  show: (_value, shown) =>
    shown.isInternal || shown.isRedirected || shown.isDefaults ? [] : [`Server argv = ${shown.argv.join(' ')}`],
  write: writeSomeWords,
  since: '2.1',
  syntax: 'WORD ...',
  otherwise: 'none',
  actsIn: 'launch/plan.ts',
  summary: 'Arguments of the program.',
  manual: `Given to the server after its name. With the flag NAMEINARGS the first word is the name itself; the order of flags
and server_args does not matter. There is no quoting: a word cannot hold a blank.`,
});

export const env = attribute({
  name: 'env',
  scope: 'service',
  operators: ANY_OPERATOR,
  arity: 'any',
  read: readEnvironment,
  list: { add: (base, added) => [...(base ?? []), ...added] },
  removeRefused: 'XC108',
  fallback: NO_WORDS,
  inherit: 'never',
  rebind: false,
  show: (value, { isSetHere, environment }) => [
    ...(isSetHere ? ['Environment additions:', ...value.map((line) => `\t${line}`)] : []),
    ...(environment === undefined ? [] : ['Environment strings:', ...environment.map((line) => `\t${line}`)]),
  ],
  write: writeSomeWords,
  since: '2.1',
  syntax: 'NAME=VALUE ...',
  otherwise: 'none',
  actsIn: 'launch/environment.ts',
  summary: 'Variables added to the environment of the server.',
  manual: `Each word is NAME=value; a value cannot hold a blank. A later one replaces an earlier one of the same name, and
both replace what passenv lets through. "=" starts over, "+=" adds, "-=" is not possible.`,
});

export const passenv = attribute({
  name: 'passenv',
  scope: 'both',
  operators: ANY_OPERATOR,
  arity: 'any',
  read: readPassed,
  list: wordList((word) => word),
  fallback: undefined,
  inherit: 'base',
  rebind: false,
  show: (value) => (value === undefined ? [] : [`Passenv = ${value.join(' ')}`.trimEnd()]),
  write: writeWords,
  since: '2.1',
  syntax: 'NAME ...',
  otherwise: "everything in the daemon's environment but what decides how programs are loaded",
  actsIn: 'launch/environment.ts',
  summary: "Variables of the daemon's own environment that reach the server.",
  manual: `Without it all do, except such as LD_PRELOAD. With it only those named; an empty list lets none through. A name the
daemon's environment does not have is passed over with a warning.`,
});

export const umask = attribute({
  name: 'umask',
  scope: 'both',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readUmask,
  fallback: undefined,
  inherit: 'whole',
  rebind: false,
  show: (value) => (value === undefined ? [] : [`umask = ${value.toString(8)}`]),
  write: (value) => value?.toString(8),
  since: '2.1.8.9pre12',
  syntax: 'OCTAL',
  otherwise: "the daemon's own, with 022 added",
  actsIn: 'launch/plan.ts',
  summary: 'File mode mask of the server.',
  manual: `An octal number from 0 to 777; a leading 0 is not needed.`,
});

export const nice = attribute({
  name: 'nice',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 1,
  read: readInteger('XC121', -INT_MAX, INT_MAX),
  fallback: undefined,
  inherit: 'never',
  rebind: false,
  show: (value) => (value === undefined ? [] : [`Nice = ${value}`]),
  write: (value) => (value === undefined ? undefined : String(value)),
  since: '2.1.8.9pre',
  syntax: 'NUMBER',
  otherwise: 'unchanged',
  actsIn: 'launch/plan.ts',
  summary: 'Added to the scheduling priority of the server.',
  manual: `Positive numbers make the server give way to others. It is set while the daemon is still root, so negative numbers
take effect for any user. The kernel keeps the result between -20 and 19.`,
});

export const redirect = attribute({
  name: 'redirect',
  scope: 'service',
  operators: ASSIGN_ONLY,
  arity: 2,
  isAlone: isUnixTarget,
  read: readRedirect,
  fallback: undefined,
  inherit: 'never',
  rebind: false,
  show: (value, shown) => {
    if (value === undefined) return [];
    const target = value.family === 'unix' ? writeRedirect(value) : `${shown.nameOf(value.host)}:${value.port}`;
    return [`Redirect = ${target}`];
  },
  write: (value) => (value === undefined ? undefined : writeRedirect(value)),
  since: '2.1.8.8p',
  syntax: 'HOST PORT | unix:PATH',
  otherwise: 'none',
  actsIn: 'daemon/redirect.ts',
  summary: 'Passes each connection on to another host and port, or to a unix socket.',
  manual: `HOST is an address or a name, which is looked up when a connection comes; PORT is a number or a tcp name of
/etc/services. unix:PATH is the unix socket at that absolute path (since xinetd-ts 0.1). Only for stream services with
"wait = no"; server is not needed then. Connecting may take ten seconds.`,
});
