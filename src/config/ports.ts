// What the configuration needs of the world, as an interface that `daemon/world.ts` fills and tests fake.
// Used at load time only, so these may be synchronous. All strings are byte strings (see source.ts).

export type ReadFailure = 'missing' | 'unreadable' | 'not-regular' | 'too-large';

export interface UserRecord {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface NamedNumber {
  /** Official name. */
  readonly name: string;
  readonly number: number;
  readonly aliases: readonly string[];
}

export interface ServiceName {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly aliases: readonly string[];
}

export interface FileStatus {
  readonly kind: 'file' | 'directory' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly isExecutable: boolean;
}

export interface SystemFailure {
  /** Positive errno. */
  readonly errno: number;
  /** strerror text, e.g. `No such file or directory`. */
  readonly reason: string;
}

export type ReadResult =
  | { readonly ok: true; readonly text: string; readonly status: FileStatus }
  | { readonly ok: false; readonly failure: ReadFailure; readonly system: SystemFailure };

export interface ConfigPorts {
  /** Reads a configuration file: regular files only, bounded in size, never blocking on a FIFO or device. */
  readonly readFile: (path: string) => ReadResult;
  /** Names in a directory, unsorted; undefined when it cannot be read. */
  readonly listDirectory: (path: string) => readonly string[] | undefined;
  /** Follows symbolic links; undefined when the path cannot be stat'ed. */
  readonly stat: (path: string) => FileStatus | undefined;
  /** `/etc/services`, aliases included, case-sensitive as getservbyname(3). */
  readonly lookupService: (name: string, protocol: string) => ServiceName | undefined;
  /** All names of `/etc/services`, for "did you mean". */
  readonly serviceNames: () => readonly string[];
  readonly lookupProtocol: (name: string) => NamedNumber | undefined;
  readonly lookupRpc: (name: string) => NamedNumber | undefined;
  /** `/etc/networks`: the number as four octets in a uint32. */
  readonly lookupNetwork: (name: string) => number | undefined;
  /** Addresses of a name in `/etc/hosts` (never DNS). */
  readonly lookupHosts: (name: string) => readonly string[];
  /** Official host name of an address in `/etc/hosts`, for the dump; undefined when absent. */
  readonly hostName: (address: string) => string | undefined;
  readonly lookupUser: (name: string) => UserRecord | undefined;
  readonly lookupUid: (uid: number) => UserRecord | undefined;
  readonly lookupGroup: (name: string) => { readonly name: string; readonly gid: number } | undefined;
  /** Supplementary groups of a user as initgroups(3) would set them. */
  readonly groupList: (user: string, gid: number) => readonly number[];
  /** The daemon's environment at start, as `NAME=value` byte strings. */
  readonly environment: readonly string[];
  /** 0 for root. */
  readonly effectiveUid: number;
  /** Who runs programs of services that name no `user`: set by the demo alone, so that root need not run them. */
  readonly fallbackUser?: UserRecord | undefined;
  /** `-insecure_conf`: accept world-writable files. */
  readonly allowInsecure: boolean;
}
