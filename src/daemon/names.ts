// The names of callers: /etc/hosts first, then the DNS, forward-confirmed, cached, bounded in time and number. Nothing
// here blocks or uses the thread pool's resolver; what cannot be found in time is unknown, which policy takes as the worse
// case. differs: D10. A changed /etc/hosts or /etc/resolv.conf is noticed within a second.

import { parseHosts } from '../config/databases.ts';
import type { HostsTable } from '../config/databases.ts';
import type { HostName } from '../policy/request.ts';
import type { Source } from '../policy/source.ts';
import { CheckedFile } from './checked-file.ts';
import { confirmName, UNKNOWN } from './confirm-name.ts';
import type { AddressRecord, NameServer } from './confirm-name.ts';
import type { NameCache } from './dns.ts';

/** What may differ: time, where /etc is, who answers. */
export interface NamesOptions {
  readonly nowMs: () => number;
  readonly etc?: string;
  readonly openServer?: () => NameServer;
  /** The longest that anybody waits for a name. */
  readonly deadlineMs?: number | undefined;
}

const DEADLINE_MS = 3000;
const MOST_QUESTIONS = 256;
/** Names come from the configuration, so there are few. */
const MOST_ADDRESSES = 1000;
const LONGEST_SECONDS = 300;

/** What is made anew when resolv.conf changes. */
interface Dns {
  readonly madeFor: object;
  readonly server: NameServer;
  readonly cache: NameCache;
}

/** Finds the names of callers. */
export class Names {
  readonly #openServer: (() => NameServer) | undefined;
  readonly #deadlineMs: number;
  readonly #nowMs: () => number;
  readonly #hosts: CheckedFile<HostsTable>;
  /** The value is a new object whenever the file has changed. */
  readonly #resolvConf: CheckedFile<object>;
  readonly #asked = new Map<string, Promise<HostName>>();
  /** Of hosts that were asked for by name. */
  readonly #addresses = new Map<string, { readonly address: string; readonly untilMs: number }>();
  #dns: Dns | undefined;

  constructor({ nowMs, etc = '/etc', openServer, deadlineMs = DEADLINE_MS }: NamesOptions) {
    this.#openServer = openServer;
    this.#deadlineMs = deadlineMs;
    this.#nowMs = nowMs;
    this.#hosts = new CheckedFile(`${etc}/hosts`, parseHosts, nowMs);
    this.#resolvConf = new CheckedFile(`${etc}/resolv.conf`, () => ({}), nowMs);
  }

  /** What is known without asking anybody; undefined when `find` is needed. */
  known(source: Source): HostName | undefined {
    const { fresh } = this.#hosts;
    if (fresh === undefined) return undefined;
    return nameIn(fresh, source) ?? this.#dns?.cache.get(source.plain);
  }

  /** Never rejects. One question an address, however many ask. */
  async find(source: Source): Promise<HostName> {
    const asked = this.#asked.get(source.plain);
    if (asked !== undefined) return asked;
    if (this.#asked.size >= MOST_QUESTIONS) return UNKNOWN;
    const search = this.#search(source).finally(() => this.#asked.delete(source.plain));
    const answer = within(search, this.#deadlineMs, UNKNOWN);
    this.#asked.set(source.plain, answer);
    return answer;
  }

  /**
   * An address of a host: /etc/hosts first, then the DNS, IPv4 before IPv6, remembered for as long as the answer holds; undefined
   * where there is none in time. Never rejects.
   */
  async addressOf(name: string): Promise<string | undefined> {
    const remembered = this.#addresses.get(name);
    if (remembered !== undefined && remembered.untilMs > this.#nowMs()) return remembered.address;
    return within(this.#lookUp(name), this.#deadlineMs, undefined);
  }

  async #lookUp(name: string): Promise<string | undefined> {
    const [hosts, madeFor] = await Promise.all([this.#hosts.current(), this.#resolvConf.current()]);
    const [local] = hosts.addressesOf(name);
    if (local !== undefined) return local;
    const { server } = await this.#dnsFor(madeFor);
    const ask = (family: 4 | 6): Promise<readonly AddressRecord[]> => server.addresses(name, family).catch(() => []);
    const record = (await ask(4))[0] ?? (await ask(6))[0];
    if (record === undefined) return undefined;
    const untilMs = this.#nowMs() + Math.min(Math.max(record.ttl, 1), LONGEST_SECONDS) * 1000;
    if (this.#addresses.size >= MOST_ADDRESSES) this.#addresses.clear();
    this.#addresses.set(name, { address: record.address, untilMs });
    return record.address;
  }

  /** Loads what a question needs, before there is one. */
  async prepare(): Promise<void> {
    await import('./dns.ts');
  }

  /** Forgets everything, as after a reload. */
  refresh(): void {
    this.#dns = undefined;
    this.#addresses.clear();
  }

  async #search(source: Source): Promise<HostName> {
    const [hosts, madeFor] = await Promise.all([this.#hosts.current(), this.#resolvConf.current()]);
    const local = nameIn(hosts, source);
    if (local !== undefined) return local;
    const { server, cache } = await this.#dnsFor(madeFor);
    const cached = cache.get(source.plain);
    if (cached !== undefined) return cached;
    const finding = await confirmName(source, server);
    cache.set(source.plain, finding);
    return finding.hostName;
  }

  /** A resolver reads resolv.conf once, when it is made. */
  async #dnsFor(madeFor: object): Promise<Dns> {
    const { NameCache: Cache, systemServer } = await import('./dns.ts');
    if (this.#dns?.madeFor !== madeFor) {
      this.#dns = { madeFor, server: (this.#openServer ?? systemServer)(), cache: new Cache(this.#nowMs) };
    }
    return this.#dns;
  }
}

function nameIn(hosts: HostsTable, source: Source): HostName | undefined {
  const name = hosts.nameOf(source.plain);
  return name === undefined ? undefined : { kind: 'known', name };
}

/** The answer, or that there is none in time; the search goes on and fills the cache. */
function within<Answer>(search: Promise<Answer>, limitMs: number, otherwise: Answer): Promise<Answer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(otherwise), limitMs);
    void search
      .catch(() => otherwise)
      .then((answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
  });
}
