// The lists of a rule in hosts.allow or hosts.deny against a request: daemons, clients, EXCEPT. Pure.
// Source: hosts_access(5), OPERATORS, SERVER ENDPOINT PATTERNS and CLIENT USERNAME LOOKUP.

import { splitAt } from './hosts-access-parse.ts';
import { isKnownName, matchesHost, matchesText, PARANOID_TEXT, UNKNOWN_TEXT } from './hosts-pattern.ts';
import type { MatchedHost, Reading } from './hosts-pattern.ts';
import type { WrappedRequest } from './hosts-percent.ts';
import type { HostName } from './request.ts';
import type { Source } from './source.ts';

/** `a b EXCEPT c EXCEPT d`: a or b, unless c, unless d. What is in doubt counts the other way after each EXCEPT. */
export function matchesList(
  words: readonly string[],
  reading: Reading,
  isMatch: (word: string, reading: Reading) => boolean,
): boolean {
  const except = words.findIndex((word) => word.toUpperCase() === 'EXCEPT');
  const listed = except === -1 ? words : words.slice(0, except);
  if (!listed.some((word) => isMatch(word, reading))) return false;
  return except === -1 || !matchesList(words.slice(except + 1), { ...reading, inDoubt: !reading.inDoubt }, isMatch);
}

/** `daemon`, a port number, or either at one of our own addresses. */
export function matchesDaemon(word: string, { daemon, server }: WrappedRequest, reading: Reading): boolean {
  const [name, host] = splitAt(word, '@', 1);
  const isNamed = matchesText(name, daemon) || (/^\d+$/.test(name) && Number(name) === server.port);
  return isNamed && (host === undefined || matchesHost(host, server, reading));
}

/** A host, or `user@host`; nobody asks for users, so that every user is unknown. */
export function matchesClient(word: string, { client }: WrappedRequest, reading: Reading): boolean {
  const [name, host] = splitAt(word, '@', 1);
  if (host === undefined) return matchesHost(name, client, reading);
  return matchesHost(host, client, reading) && matchesText(name, UNKNOWN_TEXT);
}

/** A host of the request. `onNeed`: its name is wanted, and nobody has looked it up. */
export function hostOf(
  source: Source | undefined,
  hostName: HostName | undefined,
  onNeed: () => void,
): MatchedHost & { readonly port: number } {
  const names = (): readonly string[] => {
    if (source === undefined) return [UNKNOWN_TEXT];
    if (hostName === undefined || hostName.kind === 'unneeded') onNeed();
    return namesOf(hostName);
  };
  return { address: source?.plain ?? UNKNOWN_TEXT, port: source?.port ?? 0, names };
}

/** A name that a caller has chosen must not pass for one of the library's own words. */
function namesOf(hostName: HostName | undefined): readonly string[] {
  if (hostName?.kind === 'unknown' && hostName.isPretended === true) return [PARANOID_TEXT];
  if (hostName?.kind !== 'known') return [UNKNOWN_TEXT];
  const names = [hostName.name, ...(hostName.others ?? [])].map((name) => name.replace(/\.$/, ''));
  const known = names.filter((name) => isKnownName(name));
  return known.length === 0 ? [PARANOID_TEXT] : known;
}
