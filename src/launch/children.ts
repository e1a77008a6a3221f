// Who runs: the running servers, found by pid, counted by service and by source, all in constant time.
// State without side effects; the owner adds a server when it has started and removes it when it was reaped.
// Servers inside this process (built-ins that the reference forks) count like the others.

/** A running server. `Detail` is what the owner wants to find again at its end. */
export interface Server<Detail> {
  /** Of the process; the daemon's own for a server inside this process. */
  readonly pid: number;
  readonly isInProcess: boolean;
  readonly serviceId: string;
  /** The peer's plain address; undefined where it is unknown, which counts for no source. */
  readonly source: string | undefined;
  readonly startedAtMs: number;
  readonly detail: Detail;
}

interface ServiceServers<Detail> {
  readonly servers: Set<Server<Detail>>;
  readonly bySource: Map<string, number>;
}

/** The table of running servers. */
export class Children<Detail> {
  readonly #byPid = new Map<number, Server<Detail>>();
  readonly #byService = new Map<string, ServiceServers<Detail>>();
  readonly #onGone = new Map<Server<Detail>, Set<() => void>>();
  #total = 0;

  /** Counts a server until it is removed. Throws when its pid is already running: that would be our own mistake. */
  add(server: Server<Detail>): void {
    if (!server.isInProcess) {
      if (this.#byPid.has(server.pid)) throw new Error(`invariant: server ${server.pid} started twice`);
      this.#byPid.set(server.pid, server);
    }
    const group = this.#groupOf(server.serviceId);
    group.servers.add(server);
    if (server.source !== undefined) group.bySource.set(server.source, (group.bySource.get(server.source) ?? 0) + 1);
    this.#total += 1;
  }

  /** The process of this pid was reaped: removes and returns its server; undefined for a stranger. */
  reaped(pid: number): Server<Detail> | undefined {
    const server = this.#byPid.get(pid);
    if (server !== undefined) this.remove(server);
    return server;
  }

  /** Ends the counting of a server; false when it was not counted (any more). */
  remove(server: Server<Detail>): boolean {
    const group = this.#byService.get(server.serviceId);
    if (group?.servers.delete(server) !== true) return false;
    if (!server.isInProcess) this.#byPid.delete(server.pid);
    if (server.source !== undefined) lower(group.bySource, server.source);
    if (group.servers.size === 0) this.#byService.delete(server.serviceId);
    this.#total -= 1;
    this.#tellGone(server);
    return true;
  }

  /** The process's server; undefined for a stranger and for servers inside this process. */
  find(pid: number): Server<Detail> | undefined {
    return this.#byPid.get(pid);
  }

  /** Whether a server still runs. */
  has(server: Server<Detail>): boolean {
    return this.#byService.get(server.serviceId)?.servers.has(server) === true;
  }

  /** Running servers of all services. */
  get total(): number {
    return this.#total;
  }

  /** Running servers of a service. */
  countOf(serviceId: string): number {
    return this.#byService.get(serviceId)?.servers.size ?? 0;
  }

  /** Running servers of a service for one source. */
  countFrom(serviceId: string, source: string): number {
    return this.#byService.get(serviceId)?.bySource.get(source) ?? 0;
  }

  /** The running servers of a service, oldest first; a copy, so that it may be walked while servers end. */
  of(serviceId: string): readonly Server<Detail>[] {
    return [...(this.#byService.get(serviceId)?.servers ?? [])];
  }

  /** All running servers; a copy. */
  all(): readonly Server<Detail>[] {
    return [...this.#byService.values()].flatMap((group) => [...group.servers]);
  }

  /** Calls back once when this server is removed; at once when it does not run. Returns how to be forgotten, which says whether it was in time. */
  whenGone(server: Server<Detail>, callback: () => void): () => boolean {
    if (!this.has(server)) {
      callback();
      return () => false;
    }
    const waiting = this.#onGone.get(server) ?? new Set();
    waiting.add(callback);
    this.#onGone.set(server, waiting);
    return () => waiting.delete(callback);
  }

  #groupOf(serviceId: string): ServiceServers<Detail> {
    const known = this.#byService.get(serviceId);
    if (known !== undefined) return known;
    const group = { servers: new Set<Server<Detail>>(), bySource: new Map<string, number>() };
    this.#byService.set(serviceId, group);
    return group;
  }

  #tellGone(server: Server<Detail>): void {
    const waiting = this.#onGone.get(server);
    if (waiting === undefined) return;
    this.#onGone.delete(server);
    for (const callback of waiting) callback();
  }
}

function lower(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 0) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}
