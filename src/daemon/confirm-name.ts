// One question to the DNS: which names does an address have that have this address in turn? A PTR record alone is
// written by whoever owns the address, so it proves nothing. Never rejects: what fails is an unknown name.

import type { HostName } from '../policy/request.ts';
import { reverseName } from '../policy/reverse-name.ts';
import type { Source } from '../policy/source.ts';

/** A resolver; both questions reject where there is no answer. */
export interface NameServer {
  readonly names: (reverse: string) => Promise<readonly string[]>;
  readonly addresses: (name: string, family: 4 | 6) => Promise<readonly AddressRecord[]>;
}

export interface AddressRecord {
  readonly address: string;
  /** Seconds. */
  readonly ttl: number;
}

export interface Finding {
  readonly hostName: HostName;
  /** Seconds for which the answer holds; undefined where there is no answer. */
  readonly ttl: number | undefined;
}

export const UNKNOWN: HostName = { kind: 'unknown' };
const PRETENDED: HostName = { kind: 'unknown', isPretended: true };
/** Names of one address that are looked at; the first ones. */
const MOST_NAMES = 8;
/** What a host may be called; the last label of a name is no number, which a resolver would take for an address. */
const NAME = /^(?=.{1,253}$)(?:[\w-]{1,63}\.)*(?!\d+\.?$)[\w-]{1,63}\.?$/;

/** Asks for the names of an address and confirms each. */
export async function confirmName(source: Source, server: NameServer): Promise<Finding> {
  const found = await server.names(reverseName(source)).catch(() => []);
  const names = [...new Set(found.filter((name) => NAME.test(name)))].slice(0, MOST_NAMES);
  const answers = await Promise.all(names.map((name) => confirm(name, source, server)));
  const [first, ...others] = answers.flatMap((answer) => answer ?? []);
  if (first === undefined) return { hostName: found.length === 0 ? UNKNOWN : PRETENDED, ttl: undefined };
  const ttl = Math.min(first.ttl, ...others.map((other) => other.ttl));
  return { hostName: { kind: 'known', name: first.name, others: others.map(({ name }) => name) }, ttl };
}

async function confirm(
  name: string,
  source: Source,
  server: NameServer,
): Promise<{ readonly name: string; readonly ttl: number } | undefined> {
  if (source.family === 'unix') return undefined;
  const records = await server.addresses(name, source.family).catch(() => []);
  const record = records.find(({ address }) => address === source.plain);
  return record === undefined ? undefined : { name, ttl: record.ttl };
}
